package org.pgkeep.report;

import java.util.List;
import java.util.Optional;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.Label;

/**
 * A backup as a listing tells it.
 *
 * @param record without what can be long: see {@link BackupRecord#brief}
 * @param chain the backup at the beginning of the line of bases that still exist; itself, if it has none
 * @param mark what people and verify noted of it
 * @param reasons what is damaged, a sentence each
 * @param warnings how many its record has
 */
public record BackupEntry(
        BackupRecord record,
        Label chain,
        BackupMark mark,
        BackupStatus status,
        List<String> reasons,
        int warnings,
        Shares shares,
        Recovery.Goal goal) {
    public BackupEntry {
        reasons = List.copyOf(reasons);
    }

    /**
     * How its stored bytes are shared.
     *
     * @param sharedBytes packs of other backups that it keeps
     * @param uniqueBytes what would be freed with it: its manifest, and packs that only it keeps
     */
    public record Shares(long sharedBytes, long uniqueBytes) {}

    /** Its name. */
    public Label label() {
        return record.label();
    }

    /** The backup that it was compared with, if that still exists. */
    public Optional<Label> livingBase() {
        return chain.equals(label()) ? Optional.empty() : record.base();
    }
}
