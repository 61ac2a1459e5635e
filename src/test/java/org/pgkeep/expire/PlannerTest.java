package org.pgkeep.expire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.pgkeep.repository.Label;

/** What holds for every catalogue and every policy. */
class PlannerTest {
    @Property(tries = 1500)
    void theWindowIsAlwaysCovered(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int events) {
        Story story = new Story(seed, events);
        Catalogue before = story.catalogue();
        Policy policy = story.policy();
        if (policy.window().isEmpty()) {
            return;
        }
        Instant begin = story.now().minus(policy.window().get());
        Catalogue after = After.all(before, Planner.plan(before, policy, story.now()));
        for (Archive.OfTimeline timeline : before.archives().getFirst().timelines()) {
            boolean written = timeline.lastArchived().orElseThrow().isAfter(begin);
            if (written) {
                assertThat(reach(after, begin, timeline.timeline()))
                        .as("timeline %d since %s", timeline.timeline(), begin)
                        .isEqualTo(reach(before, begin, timeline.timeline()));
            }
        }
    }

    /** How far one gets with a good backup that ended before a moment. */
    private static Optional<Long> reach(Catalogue catalogue, Instant begin, int timeline) {
        return catalogue.backups().stream()
                .filter(backup -> catalogue.isGood(backup) && !backup.stopped().isAfter(begin))
                .flatMap(backup -> After.reach(catalogue, backup, timeline).stream())
                .max(Long::compare);
    }

    @Property(tries = 1500)
    void noBackupThatStaysLosesWalThatItNeeds(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int events) {
        Story story = new Story(seed, events);
        Catalogue before = story.catalogue();
        Plan plan = Planner.plan(before, story.policy(), story.now());
        Catalogue after = After.all(before, plan);
        for (Plan.Fate.Stays fate : plan.staying()) {
            Candidate backup = of(before, fate.label());
            assertThat(after.isGood(backup)).as(fate.toString()).isEqualTo(before.isGood(backup));
            if (fate.anyMoment()) {
                for (Archive.OfTimeline timeline : before.archives().getFirst().timelines()) {
                    assertThat(After.reach(after, backup, timeline.timeline()))
                            .as("%s to timeline %d", fate, timeline.timeline())
                            .isEqualTo(After.reach(before, backup, timeline.timeline()));
                }
            }
        }
    }

    private static Candidate of(Catalogue catalogue, Label label) {
        return catalogue.backups().stream()
                .filter(backup -> backup.label().equals(label))
                .findFirst()
                .orElseThrow();
    }

    @Property(tries = 1500)
    void aMoreGenerousPolicyNeverKeepsLess(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int events) {
        Story story = new Story(seed, events);
        Catalogue catalogue = story.catalogue();
        Policy policy = story.policy();
        Plan plan = Planner.plan(catalogue, policy, story.now());
        for (Policy other : List.of(story.moreGenerous(policy), story.deeper(policy))) {
            Plan generous = Planner.plan(catalogue, other, story.now());
            assertThat(labels(generous)).as("%s than %s", other, policy).containsAll(labels(plan));
            assertThat(segments(After.all(catalogue, generous)))
                    .as("%s than %s", other, policy)
                    .containsAll(segments(After.all(catalogue, plan)));
        }
    }

    private static List<Label> labels(Plan plan) {
        return plan.staying().stream().map(Plan.Fate::label).toList();
    }

    private static List<String> segments(Catalogue catalogue) {
        List<String> names = new ArrayList<>();
        for (Archive.OfTimeline timeline : catalogue.archives().getFirst().timelines()) {
            for (Runs.Run run : timeline.segments().runs()) {
                for (long number = run.first(); number <= run.last(); number++) {
                    names.add(timeline.timeline() + "/" + number);
                }
            }
        }
        return names;
    }

    @Property(tries = 1500)
    void afterThePlanThereIsNothingToDo(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int events) {
        Story story = new Story(seed, events);
        Catalogue before = story.catalogue();
        Policy policy = story.policy();
        Plan plan = Planner.plan(before, policy, story.now());
        Catalogue after = After.all(before, plan);
        Plan again = Planner.plan(after, policy, story.now());
        assertThat(again.going()).isEmpty();
        assertThat(again.goingWal()).isEmpty();
        assertThat(Planner.plan(before, policy, story.now()))
                .as("deterministic")
                .isEqualTo(plan);
    }

    /** Backups go from the newest to the oldest, and WAL after them; whatever is left, to plan again leads to the same end. */
    @Property(tries = 1500)
    void wherePartOfThePlanWasCarriedOutTheRestIsTheSame(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int events) {
        Story story = new Story(seed, events);
        Catalogue before = story.catalogue();
        Policy policy = story.policy();
        Plan plan = Planner.plan(before, policy, story.now());
        int left = story.below(plan.going().size() + 1);
        Catalogue part = After.some(before, plan, left, left > 0 ? 0 : story.below(20));
        Plan rest = Planner.plan(part, policy, story.now());
        assertThat(labels(rest)).isEqualTo(labels(plan));
        assertThat(segments(After.all(part, rest))).isEqualTo(segments(After.all(before, plan)));
    }

    /** The differential backup that a pinned one builds on went; the pinned one must not look as if it had a line of its own. */
    @Example
    void aLineIsKnownWhenThoseBetweenAreGone() {
        wherePartOfThePlanWasCarriedOutTheRestIsTheSame(-3, 14);
    }

    @Property(tries = 1500)
    void pinsTheFloorAndTheLastGoodBackupAlwaysHold(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int events) {
        Story story = new Story(seed, events);
        Catalogue catalogue = story.catalogue();
        Policy policy = story.policy();
        List<Label> stays = labels(Planner.plan(catalogue, policy, story.now()));
        List<Candidate> good = catalogue.backups().reversed().stream()
                .filter(catalogue::isGood)
                .toList();
        Stream<Candidate> newest =
                good.stream().limit(Math.max(1, policy.minBackups().orElse(0)));
        assertThat(stays).containsAll(newest.map(Candidate::label).toList());
        for (Candidate backup : catalogue.backups()) {
            boolean held = switch (backup.hold()) {
                case Candidate.Hold.None() -> false;
                case Candidate.Hold.ByPin(var pin) -> pin.holds(story.now());
                case Candidate.Hold.Unknown(var _) -> true;
            };
            assertThat(!held || stays.contains(backup.label()))
                    .as(backup.toString())
                    .isTrue();
        }
    }
}
