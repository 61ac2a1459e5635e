package org.pgkeep.expire;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.Label;

/** Decides which WAL stays, when it is known which backups do. */
final class WalPlanner {
    private final Catalogue catalogue;
    private final Policy policy;
    private final List<Planner.Kept> kept;

    /** With the backups that stay, oldest first. */
    WalPlanner(Catalogue catalogue, Policy policy, List<Planner.Kept> kept) {
        this.catalogue = catalogue;
        this.policy = policy;
        this.kept = kept;
    }

    /** A stretch of a timeline's segments, from the first to the last, and why it stays. */
    private record Need(long first, long last, WalReason reason) {
        static Need all(WalReason reason) {
            return new Need(0, Long.MAX_VALUE, reason);
        }
    }

    List<Plan.WalFate> fates() {
        List<Plan.WalFate> fates = new ArrayList<>();
        for (Archive archive : catalogue.archives()) {
            List<Planner.Kept> own = kept.stream()
                    .filter(each -> each.backup().stretch().historyId() == archive.historyId())
                    .toList();
            Lineage lineage = new Lineage(archive);
            for (Archive.OfTimeline timeline : archive.timelines()) {
                fates.addAll(fates(archive, timeline, needs(archive, timeline, own, lineage), own.isEmpty()));
            }
        }
        return fates;
    }

    private List<Need> needs(Archive archive, Archive.OfTimeline timeline, List<Planner.Kept> own, Lineage lineage) {
        Optional<WalReason> caution = caution(archive, own);
        if (caution.isPresent()) {
            return List.of(Need.all(caution.get()));
        }
        int number = timeline.timeline();
        List<Need> needs = new ArrayList<>();
        for (Planner.Kept each : own) {
            Candidate.Stretch stretch = each.backup().stretch();
            if (stretch.needed() || each.anyMoment()) {
                addStretch(needs, each, number);
            }
            boolean elsewhere = stretch.startTimeline() != number && stretch.stopTimeline() != number;
            if (each.anyMoment() && elsewhere && lineage.leads(each.backup(), number)) {
                needs.add(Need.all(new WalReason.Leads(each.backup().label())));
            }
        }
        if (!lineage.knows(number) && !own.isEmpty()) {
            needs.add(Need.all(new WalReason.UnknownTimeline(number)));
        }
        boolean newest =
                archive.current() && timeline.equals(archive.timelines().getLast());
        if (newest && own.stream().noneMatch(each -> isGood(each) && lineage.leads(each.backup(), number))) {
            needs.add(Need.all(new WalReason.NewestTimeline(number)));
        }
        return needs;
    }

    /** What makes everything stay. */
    private Optional<WalReason> caution(Archive archive, List<Planner.Kept> own) {
        if (!policy.limitsWal()) {
            return Optional.of(new WalReason.NoPolicy());
        }
        if (!catalogue.unreadable().isEmpty()) {
            return Optional.of(
                    new WalReason.BackupUnreadable(catalogue.unreadable().firstKey()));
        }
        if (archive.current() && own.stream().noneMatch(this::isGood)) {
            return Optional.of(new WalReason.NoBackupYet());
        }
        return archive.segmentBytes().isEmpty() && !own.isEmpty()
                ? Optional.of(new WalReason.SeveralSizes())
                : Optional.empty();
    }

    /** What nobody can restore must not decide what others need. */
    private boolean isGood(Planner.Kept each) {
        return catalogue.isGood(each.backup());
    }

    /** A backup's own WAL on one of the timelines that it was taken on: to its end, or all that follows. */
    private static void addStretch(List<Need> needs, Planner.Kept each, int timeline) {
        Candidate.Stretch stretch = each.backup().stretch();
        boolean starts = stretch.startTimeline() == timeline;
        boolean stops = stretch.stopTimeline() == timeline;
        long first = starts ? stretch.firstSegment() : 0;
        if (starts || stops) {
            needs.add(
                    each.anyMoment()
                            ? new Need(
                                    first,
                                    Long.MAX_VALUE,
                                    new WalReason.Leads(each.backup().label()))
                            : new Need(
                                    first,
                                    stops ? stretch.lastSegment() : Long.MAX_VALUE,
                                    new WalReason.Completes(each.backup().label())));
        }
    }

    private List<Plan.WalFate> fates(Archive archive, Archive.OfTimeline timeline, List<Need> needs, boolean ofNobody) {
        List<Need> merged = merged(needs);
        List<Plan.WalFate> fates = new ArrayList<>();
        Optional<Need> before = Optional.empty();
        long next = 0;
        for (Need need : merged) {
            if (need.first > next) {
                add(fates, archive, timeline, next, need.first - 1, false, gone(before, Optional.of(need), timeline));
            }
            add(fates, archive, timeline, need.first, need.last, true, need.reason);
            next = need.last == Long.MAX_VALUE ? Long.MAX_VALUE : need.last + 1;
            before = Optional.of(need);
        }
        if (next < Long.MAX_VALUE) {
            WalReason why =
                    ofNobody ? new WalReason.OldCluster(archive.historyId()) : gone(before, Optional.empty(), timeline);
            add(fates, archive, timeline, next, Long.MAX_VALUE, false, why);
        }
        return fates;
    }

    /** In order, without what another covers; where two overlap, the one that begins first goes on to its end. */
    private static List<Need> merged(List<Need> needs) {
        List<Need> merged = new ArrayList<>();
        long covered = -1;
        for (Need need : needs.stream()
                .sorted(Comparator.comparingLong(Need::first).thenComparing(Need::last, Comparator.reverseOrder()))
                .toList()) {
            if (need.last > covered) {
                merged.add(new Need(Math.max(need.first, covered + 1), need.last, need.reason));
                covered = need.last;
            }
            if (covered == Long.MAX_VALUE) {
                break;
            }
        }
        return merged;
    }

    private static WalReason gone(Optional<Need> before, Optional<Need> after, Archive.OfTimeline timeline) {
        return before.flatMap(need -> backup(need.reason))
                .<WalReason>map(WalReason.Hole::new)
                .or(() -> after.flatMap(need -> backup(need.reason)).map(WalReason.BeforeAll::new))
                .orElseGet(() -> new WalReason.DeadTimeline(timeline.timeline()));
    }

    private static Optional<Label> backup(WalReason reason) {
        return switch (reason) {
            case WalReason.Leads(var from) -> Optional.of(from);
            case WalReason.Completes(var label) -> Optional.of(label);
            case WalReason.NoPolicy _,
                    WalReason.NewestTimeline _,
                    WalReason.UnknownTimeline _,
                    WalReason.NoBackupYet _,
                    WalReason.BackupUnreadable _,
                    WalReason.SeveralSizes _,
                    WalReason.BeforeAll _,
                    WalReason.Hole _,
                    WalReason.DeadTimeline _,
                    WalReason.OldCluster _ -> Optional.empty();
        };
    }

    private static void add(
            List<Plan.WalFate> fates,
            Archive archive,
            Archive.OfTimeline timeline,
            long first,
            long last,
            boolean stays,
            WalReason reason) {
        List<Runs.Run> there = timeline.files().within(first, last);
        if (there.isEmpty()) {
            return;
        }
        int bytes = archive.segmentBytes().orElse(Archive.SEGMENT_BYTES_MIN);
        fates.add(new Plan.WalFate(
                archive.historyId(),
                name(timeline.timeline(), there.getFirst().first(), bytes),
                name(timeline.timeline(), there.getLast().last(), bytes),
                there.stream().mapToLong(Runs.Run::count).sum(),
                stays,
                List.of(reason)));
    }

    private static SegmentName name(int timeline, long number, int segmentBytes) {
        return SegmentName.holding(timeline, new Lsn(number * segmentBytes), segmentBytes);
    }
}
