package org.pgkeep.expire;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Freed;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Pin;
import org.pgkeep.repository.Removal;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.Work;

/**
 * {@code pgkeep expire}, {@code pgkeep delete} and {@code pgkeep merge}: removes what the policies do not keep, what a person names, and
 * what a backup that becomes a full one builds on.
 */
public final class Expire {
    private final Repository repository;
    private final InstantSource clock;
    private final Progress progress;

    /** Works in this repository, which stays the caller's to close. */
    public Expire(Repository repository, InstantSource clock, Progress progress) {
        this.repository = repository;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * Where and how to work.
     *
     * @param dryRun only says what would be done, and takes no lease
     * @param jobs objects that are deleted at once
     * @param longest for how long to wait for other work on the cluster
     */
    public record Terms(ClusterName cluster, boolean dryRun, int jobs, Duration longest) {}

    /**
     * What a person wants removed.
     *
     * @param labels these
     * @param dependents also all that were compared with one of them, and so on
     * @param olderThan also all that ended before this moment, but for pinned ones
     * @param status also all of this status, but for pinned ones
     * @param force even the last one that can be restored
     */
    public record Wish(
            List<Label> labels,
            boolean dependents,
            Optional<Instant> olderThan,
            Optional<BackupStatus> status,
            boolean force) {
        public Wish {
            labels = List.copyOf(labels);
        }
    }

    /**
     * What was or would be done.
     *
     * @param backups what was freed, by label: also of earlier backups whose packs only the ones needed that went
     */
    public record Result(Plan plan, SortedMap<Label, Freed> backups, Freed wal) {
        /** All that was freed. */
        public Freed freed() {
            return backups.values().stream().reduce(wal, Freed::plus);
        }
    }

    /**
     * What a merge did or would do.
     *
     * @param label of the backup that is a full one now
     * @param changed whether it was none before
     * @param neededBytes what the repository needs before anything is freed
     * @param removed those that it builds on no more
     */
    public record Merged(Label label, boolean changed, long neededBytes, Result removed) {}

    /** What is to be removed of a catalogue. */
    private interface Choice {
        Plan of(Catalogue catalogue);
    }

    /** Removes what the policy does not keep. */
    public Result expire(Terms terms, Policy policy) {
        Instant now = clock.instant();
        return run(terms, Work.EXPIRE, catalogue -> Planner.plan(catalogue, policy, now));
    }

    /**
     * Removes what a person named; WAL stays until the next expire.
     *
     * @throws PgkeepException {@code BACKUP_UNKNOWN}; {@code MUST_STAY} when one of them is pinned, or no backup would be left
     *     that can be restored
     */
    public Result delete(Terms terms, Wish wish) {
        Instant now = clock.instant();
        return run(terms, Work.DELETE, catalogue -> wished(catalogue, wish, now, terms.cluster()));
    }

    /**
     * Makes a backup a full one, and removes those that it builds on; WAL stays until the next expire. Cut off anywhere and run again, it
     * comes to the same end.
     *
     * @param force even when the backup is not known to be one that can be restored
     * @throws PgkeepException {@code BACKUP_UNKNOWN}; {@code MUST_STAY} when one that would go is pinned, or the backup cannot be
     *     restored; {@code DAMAGED} when its manifest or a pack is missing
     */
    public Merged merge(Terms terms, Label label, boolean force) {
        return new Merge(repository.cluster(terms.cluster()), terms, label, force, clock.instant(), progress).run();
    }

    private Result run(Terms terms, Work work, Choice choice) {
        ClusterStore cluster = repository.cluster(terms.cluster());
        Removal removal = cluster.removal(terms.jobs());
        if (terms.dryRun()) {
            Plan plan = choice.of(new CatalogueReader(cluster).read());
            return new Result(plan, removal.preview(plan.going()), wal(plan, removal::previewWal));
        }
        Leases.Patience patience = new Leases.Patience(terms.longest(), progress::info);
        try (Lease lease = cluster.leases().take(work, Owner.ofThisProcess(), patience)) {
            Plan plan = choice.of(new CatalogueReader(cluster).read());
            SortedMap<Label, Freed> freed = removal.backups(plan.going(), lease);
            return new Result(plan, freed, wal(plan, (history, going) -> removal.wal(history, going, lease)));
        }
    }

    /** What is done with the WAL of one history. */
    private interface WalWork {
        Freed of(int historyId, Predicate<SegmentName> going);
    }

    private static Freed wal(Plan plan, WalWork work) {
        Map<Integer, List<Plan.WalFate>> byHistory = plan.goingWal().stream()
                .collect(Collectors.groupingBy(Plan.WalFate::historyId, TreeMap::new, Collectors.toList()));
        Freed freed = Freed.NONE;
        for (Map.Entry<Integer, List<Plan.WalFate>> each : byHistory.entrySet()) {
            freed = freed.plus(work.of(each.getKey(), new WalSet(each.getValue())::contains));
        }
        return freed;
    }

    private static Plan wished(Catalogue catalogue, Wish wish, Instant now, ClusterName cluster) {
        Set<Label> going = chosen(catalogue, wish, now, cluster);
        boolean anyGood = catalogue.backups().stream().anyMatch(catalogue::isGood);
        boolean goodLeft = catalogue.backups().stream()
                .anyMatch(backup -> catalogue.isGood(backup) && !going.contains(backup.label()));
        if (anyGood && !goodLeft && !wish.force()) {
            throw new PgkeepException(
                    ErrorCode.MUST_STAY,
                    "no backup of cluster '" + cluster + "' that can be restored would be left",
                    "Take another backup first, or give --force.");
        }
        List<Plan.Fate> fates = new ArrayList<>();
        for (Plan.Fate fate : Planner.plan(catalogue, Policy.NONE, now).backups()) {
            fates.add(
                    going.contains(fate.label())
                            ? new Plan.Fate.Goes(fate.label(), List.of(new Objection.Asked()))
                            : fate);
        }
        return new Plan(fates, List.of());
    }

    private static Set<Label> chosen(Catalogue catalogue, Wish wish, Instant now, ClusterName cluster) {
        Set<Label> going = new TreeSet<>(wish.labels());
        for (Label label : going) {
            boolean known = catalogue.unreadable().containsKey(label)
                    || catalogue.backups().stream()
                            .anyMatch(backup -> backup.label().equals(label));
            if (!known) {
                throw new PgkeepException(
                        ErrorCode.BACKUP_UNKNOWN,
                        "cluster '" + cluster + "' has no backup " + label,
                        "List its backups with 'pgkeep info --cluster " + cluster + "'.");
            }
        }
        for (Candidate backup : catalogue.backups()) {
            boolean older = wish.olderThan().filter(backup.stopped()::isBefore).isPresent();
            boolean isSo = wish.status().equals(Optional.of(backup.status()));
            boolean builds =
                    wish.dependents() && backup.base().filter(going::contains).isPresent();
            if (builds || ((older || isSo) && hold(backup, now).isEmpty())) {
                going.add(backup.label());
            }
        }
        if (wish.status().equals(Optional.of(BackupStatus.DAMAGED))) {
            going.addAll(catalogue.unreadable().keySet());
        }
        catalogue.backups().stream()
                .filter(backup -> going.contains(backup.label()))
                .forEach(backup -> assertFree(backup, now));
        return going;
    }

    /** What a person says about a backup, as a sentence: that it stays. */
    static Optional<String> hold(Candidate backup, Instant now) {
        return switch (backup.hold()) {
            case Candidate.Hold.None() -> Optional.empty();
            case Candidate.Hold.ByPin(Pin pin) ->
                pin.holds(now) ? Optional.of(new Reason.Pinned(pin).sentence()) : Optional.empty();
            case Candidate.Hold.Unknown(String why) -> Optional.of(new Reason.MarkUnreadable(why).sentence());
        };
    }

    private static void assertFree(Candidate backup, Instant now) {
        Optional<String> why = hold(backup, now);
        if (why.isPresent()) {
            throw new PgkeepException(
                    ErrorCode.MUST_STAY,
                    "backup " + backup.label() + " must stay: " + why.get(),
                    "If it may go: pgkeep unpin " + backup.label());
        }
    }
}
