package org.pgkeep.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupMarks;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Validation;

/**
 * Writes into the mark of each backup what was found of it ({@code docs/formats/mark.md}). Only a look at all that a backup needs calls
 * it sound, and only a look as thorough as the one that found damage takes that back.
 */
final class Marking {
    private final ClusterStore cluster;
    private final Verify.Request request;
    private final Instant now;
    private final Findings findings;
    private boolean writable = true;

    Marking(ClusterStore cluster, Verify.Request request, Instant now, Findings findings) {
        this.cluster = cluster;
        this.request = request;
        this.now = now;
        this.findings = findings;
    }

    /** Of these backups, all of which were looked at. */
    List<Verify.Judged> run(List<BackupRecord> backups) {
        BackupMarks.Listing marks = cluster.marks().all();
        marks.unreadable().forEach(this::tell);
        Validation.Depth depth = request.deep() ? Validation.Depth.DEEP : Validation.Depth.SCRUB;
        List<Verify.Judged> judged = new ArrayList<>();
        for (BackupRecord backup : backups) {
            Label label = backup.label();
            if (!cluster.exists(label)) {
                // Deleted meanwhile.
                continue;
            }
            Optional<Validation> before = marks.of(label).validation();
            findings.verdict(label, now, depth)
                    .filter(found -> isWorthNoting(label, before, found))
                    .map(found -> judge(label, before, found, marks))
                    .ifPresent(judged::add);
        }
        return judged;
    }

    /** What a mark says beside this is taken for the worst meanwhile; nothing that can be restored is lost. */
    private void tell(Label label, PgkeepException error) {
        if (request.label().map(label::equals).orElse(true)) {
            findings.warning(
                    label.value(),
                    List.of(label),
                    String.valueOf(error.getMessage()),
                    error.hint().orElse("Use a newer pgkeep."));
        }
    }

    private boolean isWorthNoting(Label label, Optional<Validation> before, Validation found) {
        if (found.isDamaged()) {
            return true;
        }
        boolean wasDamaged = before.map(Validation::isDamaged).orElse(false);
        boolean deeper = before.map(Validation::depth).equals(Optional.of(Validation.Depth.DEEP)) && !request.deep();
        if (wasDamaged && (deeper || !request.wal())) {
            findings.note(
                    label.value(),
                    List.of(label),
                    "backup " + label
                            + " stays marked as damaged: what was found then was not looked for now; verify it"
                            + (deeper ? " with --deep" : " with its WAL"));
            return false;
        }
        return request.wal();
    }

    private Verify.Judged judge(Label label, Optional<Validation> before, Validation found, BackupMarks.Listing marks) {
        boolean marked = request.mark() && writable && !marks.unreadable().containsKey(label) && write(label, found);
        boolean healed = !found.isDamaged() && before.map(Validation::isDamaged).orElse(false);
        return new Verify.Judged(cluster.name(), label, found, marked, healed);
    }

    private boolean write(Label label, Validation found) {
        try {
            BackupMark _ = cluster.marks().change(label, mark -> mark.withValidation(found));
            return true;
        } catch (PgkeepException e) {
            return switch (e.code()) {
                case PERMISSION, DISK_FULL, STORAGE, CONFLICT, DAMAGED, TOO_NEW -> {
                    writable = false;
                    findings.note(
                            label.value(),
                            List.of(),
                            "what was found is not noted in the repository: " + e.getMessage());
                    yield false;
                }
                default -> throw e;
            };
        }
    }
}
