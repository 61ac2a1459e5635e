package org.pgkeep.repository;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.units.Durations;

/**
 * What backups that were cut off or deleted left behind: claimed by the next backup, or removed. Works under the cluster's lease, and
 * stays right when the lease was lost unnoticed: packs of an attempt are removed only once its record says so, and which packs other
 * backups name is asked after that.
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
    void settle(Resume resume, Instant now, Lease lease) {
        SortedSet<Label> going = new TreeSet<>();
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
                if (isOver(attempt)) {
                    going.add(label);
                }
            }
        }
        going.addAll(unrecorded());
        remove(going, lease);
        removeStrayRecords();
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

    /** Whether nobody may claim its packs any more: it was committed, or its record says so now. */
    private boolean isOver(Attempt attempt) {
        return isCommitted(attempt.label()) || attempts.condemn(attempt, owner);
    }

    /** Labels without a record: backups that were deleted, and attempts whose record is damaged. */
    private List<Label> unrecorded() {
        // In this order: an attempt's record comes before its first pack, and goes only after its commit record came.
        List<Label> labels = cluster.labels();
        Set<Label> attempted = attempts.all().stream().map(Attempt::label).collect(Collectors.toSet());
        return labels.stream()
                .filter(label -> !attempted.contains(label) && !isCommitted(label))
                .toList();
    }

    /** Which backups there are is asked only now, when all of these are over. */
    private void remove(SortedSet<Label> over, Lease lease) {
        if (over.isEmpty()) {
            return;
        }
        BackupSweep sweep = new BackupSweep(storage, names, cluster.listing());
        for (Label label : over) {
            if (!isCommitted(label)) {
                Freed _ = sweep.remove(label, lease, 1);
            }
            attempts.remove(label);
        }
    }

    private void removeStrayRecords() {
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
    void release(Lease lease) {
        SortedSet<Label> going = new TreeSet<>();
        for (Label label : claimed) {
            attempts.find(label)
                    .filter(attempt -> attempt.state() == Attempt.State.CLAIMED
                            && attempt.owner().id().equals(owner.id()))
                    .filter(this::isOver)
                    .ifPresent(_ -> going.add(label));
        }
        remove(going, lease);
    }
}
