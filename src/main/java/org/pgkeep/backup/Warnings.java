package org.pgkeep.backup;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.repository.BackupRecord;

/**
 * The warnings that a backup's record will have. However much is damaged, they stay so few and short that the record can be read: which pages
 * failed their check, the manifest says of each file.
 */
final class Warnings {
    private static final int FILES_MAX = 10_000;

    /** Files of which pages are listed. */
    private static final int WITH_PAGES_MAX = 1_000;

    private final List<BackupRecord.Warning> kept = new ArrayList<>();
    private long left;

    /** About the whole. */
    void add(String message) {
        kept.add(new BackupRecord.Warning("", List.of(), message));
    }

    /** About a file, of which pages may have failed. */
    void add(BackupRecord.Warning warning) {
        if (kept.size() >= FILES_MAX) {
            left++;
            return;
        }
        int most = kept.size() < WITH_PAGES_MAX ? BackupRecord.Warning.PAGES_MAX : 0;
        kept.add(
                warning.pages().size() <= most
                        ? warning
                        : new BackupRecord.Warning(
                                warning.path(), warning.pages().subList(0, most), warning.message()));
    }

    /** All. */
    List<BackupRecord.Warning> all() {
        List<BackupRecord.Warning> all = new ArrayList<>(kept);
        if (left > 0) {
            all.add(new BackupRecord.Warning("", List.of(), "pages of " + left + " more files failed their check"));
        }
        return all;
    }
}
