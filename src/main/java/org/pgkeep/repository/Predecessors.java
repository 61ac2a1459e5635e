package org.pgkeep.repository;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.units.Durations;

/**
 * What backups that were cut off or deleted left behind: claimed by the next backup, or removed. Works under the cluster's lease, and
 * stays right when the lease was lost unnoticed: packs of an attempt are removed only once its record says so, and a label's commit
 * record is looked for after that.
 */
final class Predecessors {
    /** An attempt that was silent for longer is not resumed: most of it will have changed, and nobody waits for it. */
    static final Duration RESUMED_AGE_MAX = Duration.ofDays(7);

    private final Storage storage;
    private final BackupNames names;
    private final ClusterStore cluster;
    private final Attempts attempts;
    private final Owner owner;
    private final List<Label> claimed = new ArrayList<>();

    Predecessors(Storage storage, BackupNames names, ClusterStore cluster, Owner owner) {
        this.storage = storage;
        this.names = names;
        this.cluster = cluster;
        this.attempts = new Attempts(storage, names);
        this.owner = owner;
    }

    /** Claims every attempt that can be resumed, and removes everything else that no backup needs. */
    void settle(Resume resume, Instant now) {
        BackupSweep sweep = new BackupSweep(storage, names, cluster.listing());
        for (Attempt attempt : attempts.all()) {
            Label label = attempt.label();
            boolean packs = !cluster.packs(label).isEmpty();
            Optional<String> why = whyNot(attempt, resume, now);
            if (!isCommitted(label) && packs && why.isEmpty() && attempts.claim(label, owner)) {
                claimed.add(label);
            } else {
                if (resume.wanted() && packs && !isCommitted(label)) {
                    why.ifPresent(reason ->
                            resume.told().accept("attempt " + label + " is not resumed but removed: " + reason));
                }
                remove(attempt, sweep);
            }
        }
        removeUnrecorded(sweep);
    }

    private Optional<String> whyNot(Attempt attempt, Resume resume, Instant now) {
        Duration silence = Duration.between(attempt.heartbeat(), now);
        if (!resume.wanted() || attempt.state() == Attempt.State.CONDEMNED) {
            return Optional.of("that was asked for");
        }
        if (attempt.historyId() != cluster.record().current().id()) {
            return Optional.of("it is of the cluster before its upgrade");
        }
        if (!attempt.compression().equals(resume.compression())) {
            return Optional.of(
                    "it is compressed with " + attempt.compression() + ", this backup with " + resume.compression());
        }
        return silence.compareTo(RESUMED_AGE_MAX) > 0
                ? Optional.of("it ended " + Durations.print(silence) + " ago")
                : Optional.empty();
    }

    private void remove(Attempt attempt, BackupSweep sweep) {
        Label label = attempt.label();
        if (isCommitted(label)) {
            attempts.remove(label);
        } else if (attempts.condemn(attempt, owner) && !isCommitted(label)) {
            sweep.removeUnneeded(List.of(label));
            attempts.remove(label);
        }
    }

    /** Labels without a record: backups that were deleted, and attempts whose record is damaged. */
    private void removeUnrecorded(BackupSweep sweep) {
        for (Label label : cluster.labels()) {
            // In this order: an attempt's record goes only after its commit record came.
            if (attempts.find(label).isEmpty() && !isCommitted(label)) {
                sweep.removeUnneeded(List.of(label));
            }
        }
        for (ObjectName record : records()) {
            Optional<Label> label = Label.parse(record.last().replace(".json", ""));
            if (label.isEmpty() || attempts.find(label.get()).isEmpty()) {
                boolean _ = storage.delete(record);
            }
        }
    }

    private List<ObjectName> records() {
        try (Stream<ObjectInfo> objects = storage.list(names.attempts())) {
            return objects.map(ObjectInfo::name).toList();
        }
    }

    /** Only whether the record is there counts: a damaged one is still a backup's. */
    private boolean isCommitted(Label label) {
        return storage.info(names.backup(label)).isPresent();
    }

    /** The attempts whose packs the new backup may refer to, oldest first. */
    List<Label> claimed() {
        return List.copyOf(claimed);
    }

    /** Once the new backup is committed: removes what it did not refer to. */
    void release() {
        if (claimed.isEmpty()) {
            return;
        }
        BackupSweep sweep = new BackupSweep(storage, names, cluster.listing());
        for (Label label : claimed) {
            attempts.find(label)
                    .filter(attempt -> attempt.state() == Attempt.State.CLAIMED
                            && attempt.owner().id().equals(owner.id()))
                    .ifPresent(attempt -> remove(attempt, sweep));
        }
    }
}
