package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.Storage;

/**
 * Removes backups and WAL of a cluster, under its lease, so that no backup begins to refer to what goes. A crash leaves backups that
 * are whole or do not exist, and garbage that the next removal or backup sweeps.
 *
 * <pre>
 * backup.json of all that go, newest first → per backup: manifest → packs that nobody needs → mark
 * </pre>
 *
 * <p>All records go before the first pack: whoever took the lease from a process that slept finds none of what is going, and the sleeper,
 * awake again, finds the lease lost before its next step.
 */
public final class Removal {
    private static final int SEGMENT_DIGITS = 24;

    private final Storage storage;
    private final BackupNames names;
    private final ClusterStore cluster;
    private final int jobs;

    Removal(Storage storage, BackupNames names, ClusterStore cluster, int jobs) {
        this.storage = storage;
        this.names = names;
        this.cluster = cluster;
        this.jobs = jobs;
    }

    /** What would be freed, by label: of the backups that go, and of earlier ones whose packs only they needed. */
    public SortedMap<Label, Freed> preview(Collection<Label> going) {
        BackupSweep sweep = sweepWithout(going);
        SortedMap<Label, Freed> freed = new TreeMap<>();
        for (Label label : swept(going)) {
            add(freed, label, sum(sweep.unneeded(label).stream()));
        }
        return freed;
    }

    /** Removes backups and what only they needed; says what was freed, by label. */
    public SortedMap<Label, Freed> backups(Collection<Label> going, Lease lease) {
        Set<Label> swept = swept(going);
        BackupSweep sweep = sweepWithout(going);
        SortedMap<Label, Freed> freed = new TreeMap<>();
        for (Label label : newestFirst(going)) {
            lease.assertHeld();
            Optional<ObjectInfo> record = storage.info(names.backup(label));
            if (record.isPresent() && storage.delete(names.backup(label))) {
                add(freed, label, new Freed(1, record.get().sizeBytes()));
            }
        }
        for (Label label : swept) {
            add(freed, label, sweep.remove(label, lease, jobs));
        }
        lease.assertHeld();
        cluster.marks().sweep();
        return freed;
    }

    private static List<Label> newestFirst(Collection<Label> labels) {
        List<Label> sorted = new ArrayList<>(labels);
        sorted.sort(Comparator.reverseOrder());
        return sorted;
    }

    private BackupSweep sweepWithout(Collection<Label> going) {
        Set<Label> gone = new HashSet<>(going);
        ClusterStore.Listing all = cluster.listing();
        SortedMap<Label, PgkeepException> unreadable = new TreeMap<>(all.unreadable());
        unreadable.keySet().removeAll(gone);
        List<BackupRecord> rest = all.sound().stream()
                .filter(backup -> !gone.contains(backup.label()))
                .toList();
        return new BackupSweep(storage, names, new ClusterStore.Listing(rest, unreadable));
    }

    /** What earlier removals left goes as well; what attempts left is the next backup's. */
    private Set<Label> swept(Collection<Label> going) {
        Set<Label> swept = new TreeSet<>(going);
        // In this order: an attempt's record comes before its first pack, and goes only after its commit record came.
        List<Label> labels = cluster.labels();
        Set<Label> attempted = new Attempts(storage, names).labels();
        labels.stream()
                .filter(label -> !attempted.contains(label) && !cluster.exists(label))
                .forEach(swept::add);
        return swept;
    }

    private static void add(SortedMap<Label, Freed> freed, Label label, Freed more) {
        if (more.objects() > 0) {
            freed.merge(label, more, Freed::plus);
        }
    }

    /** What would be freed with the WAL of these segments: they themselves, partial ones, and what is stored beside them. */
    public Freed previewWal(int historyId, Predicate<SegmentName> going) {
        try (Stream<ObjectInfo> objects = wal(historyId, going)) {
            return sum(objects);
        }
    }

    /** Removes the WAL of these segments. */
    public Freed wal(int historyId, Predicate<SegmentName> going, Lease lease) {
        return Deletion.run(storage, lease, wal(historyId, going), jobs);
    }

    private Stream<ObjectInfo> wal(int historyId, Predicate<SegmentName> going) {
        return storage.list(names.wal(historyId))
                .filter(object -> segment(object).filter(going).isPresent());
    }

    /** Histories of timelines belong to no segment, and stay: they are tiny, and recovery counts them up without a gap. */
    private static Optional<SegmentName> segment(ObjectInfo object) {
        String name = object.name().last();
        return name.length() > SEGMENT_DIGITS ? SegmentName.parse(name.substring(0, SEGMENT_DIGITS)) : Optional.empty();
    }

    private static Freed sum(Stream<ObjectInfo> objects) {
        return objects.map(object -> new Freed(1, object.sizeBytes())).reduce(Freed.NONE, Freed::plus);
    }
}
