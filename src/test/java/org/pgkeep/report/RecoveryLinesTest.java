package org.pgkeep.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.Label;

/** Which moments can be restored. */
class RecoveryLinesTest {
    private final Sketch sketch = new Sketch();
    private final Instant start = sketch.clock.instant();

    @Test
    void withoutABackupNothingCanBeRestored() {
        sketch.wal(1, 2, 5);
        assertThat(main().spans()).isEmpty();
        assertThat(sketch.report().newest()).isEmpty();
    }

    @Test
    void aBackupReachesAsFarAsItsWalIsUnbroken() {
        Label backup = sketch.full("0/300028", "0/400100");
        sketch.clock.move(60);
        sketch.wal(1, 2, 5).wal(1, 7, 8);
        assertThat(main().spans())
                .containsExactly(new Recovery.Span(
                        backup,
                        Optional.of(start),
                        Lsn.parse("0/400100"),
                        Optional.of(start.plusSeconds(60)),
                        Lsn.parse("0/600000")));
        assertThat(goal(backup).newest()).isTrue();
        assertThat(sketch.report().problems())
                .extracting(Problem::kind)
                .as("WAL is archived that nobody can reach")
                .containsExactly(Problem.Kind.WAL_BROKEN);
    }

    @Test
    void whatWasStreamedOfTheRunningSegmentIsReachedAsWell() {
        Label backup = sketch.full("0/300028", "0/400100");
        sketch.wal(1, 2, 5);
        sketch.clock.move(60);
        sketch.piece(1, 6, 0x8000);
        assertThat(main().spans())
                .containsExactly(new Recovery.Span(
                        backup,
                        Optional.of(start),
                        Lsn.parse("0/400100"),
                        Optional.of(start.plusSeconds(60)),
                        Lsn.parse("0/608000")));
        assertThat(goal(backup).toLsn()).contains(Lsn.parse("0/608000"));
        assertThat(goal(backup).newest()).isTrue();
        assertThat(sketch.report().problems()).isEmpty();
    }

    @Test
    void whatWasStreamedBehindAHoleOrOfATimelineThatWasLeftIsNotReached() {
        Label backup = sketch.full("0/300028", "0/400100");
        sketch.wal(1, 2, 5).piece(1, 7, 0x8000);
        assertThat(goal(backup).toLsn()).contains(Lsn.parse("0/600000"));

        sketch.piece(1, 6, 0x8000).history(2, "1\t0/604000");
        assertThat(main().timeline()).isEqualTo(2);
        assertThat(main().spans()).extracting(Recovery.Span::toLsn).containsExactly(Lsn.parse("0/600000"));
    }

    @Test
    void aBackupWithoutAllItsWalLeadsNowhere() {
        Label backup = sketch.full("0/300028", "0/400100");
        sketch.wal(1, 3, 3).wal(1, 5, 9);
        assertThat(main().spans()).isEmpty();
        assertThat(goal(backup).isComplete()).isFalse();
        assertThat(goal(backup).firstMissing()).contains(Sketch.segment(1, 4));
        assertThat(sketch.report().backups().getFirst().status()).isEqualTo(BackupStatus.DAMAGED);
        assertThat(sketch.report().problems())
                .extracting(Problem::kind)
                .containsExactly(Problem.Kind.NOTHING_RESTORABLE, Problem.Kind.BACKUP_DAMAGED);
    }

    @Test
    void aSegmentThatABackupEndsBeforeIsNotNeeded() {
        // The last byte before 0/500000 is in segment 4.
        Label backup = sketch.full("0/300028", "0/500000");
        sketch.wal(1, 3, 4);
        assertThat(goal(backup).isComplete()).isTrue();
    }

    @Test
    void aHoleLastsFromTheLastSegmentBeforeItToTheEndOfTheNextBackup() {
        Label first = sketch.full("0/300028", "0/400100");
        sketch.wal(1, 3, 5);
        sketch.clock.move(3600);
        sketch.wal(1, 8, 9);
        sketch.clock.move(3600);
        Label second = sketch.full("0/900028", "0/A00100");
        sketch.clock.move(60);
        sketch.wal(1, 10, 11);
        Recovery.Line line = main();
        assertThat(line.spans()).extracting(Recovery.Span::backup).containsExactly(first, second);
        assertThat(line.holes())
                .containsExactly(new Recovery.Hole(
                        Optional.of(start),
                        Optional.of(start.plusSeconds(7200)),
                        new WalRange.Gap(Sketch.segment(1, 6), Sketch.segment(1, 7), 2)));
        assertThat(goal(first).newest()).isFalse();
        assertThat(goal(first).toLsn()).contains(Lsn.parse("0/600000"));
        assertThat(goal(second).newest()).isTrue();
        assertThat(sketch.report().problems()).isEmpty();
    }

    @Test
    void recoveryGoesThroughASwitchOfTimelines() {
        Label backup = sketch.full("0/300028", "0/400100");
        // The old server got as far as the middle of segment 6, which only the new one completed.
        sketch.wal(1, 3, 5).history(2, "1\t0/680000");
        sketch.clock.move(60);
        sketch.wal(2, 6, 7);
        assertThat(main().timeline()).isEqualTo(2);
        assertThat(main().spans()).extracting(Recovery.Span::toLsn).containsExactly(Lsn.parse("0/800000"));
        assertThat(goal(backup).newest()).isTrue();
        assertThat(sketch.report().recovery().getFirst().lines())
                .as("the old timeline has nothing of its own")
                .hasSize(1);
    }

    @Test
    void theSegmentOfASwitchIsGoodFromTheOldTimelineAsWell() {
        sketch.full("0/300028", "0/400100");
        // The new server has archived nothing yet.
        sketch.wal(1, 3, 6).history(2, "1\t0/680000");
        assertThat(main().timeline()).isEqualTo(2);
        assertThat(main().spans()).extracting(Recovery.Span::toLsn).containsExactly(Lsn.parse("0/700000"));
    }

    @Test
    void whatAnOldTimelineHasPastTheSwitchIsALineOfItsOwn() {
        Label backup = sketch.full("0/300028", "0/400100");
        sketch.wal(1, 3, 9).history(2, "1\t0/680000");
        sketch.clock.move(60);
        sketch.wal(2, 6, 7);
        sketch.clock.move(60);
        Label late = sketch.full("0/800028", "0/900100");
        List<Recovery.Line> lines = sketch.report().recovery().getFirst().lines();
        assertThat(lines).extracting(Recovery.Line::timeline).containsExactly(2, 1);
        assertThat(lines.get(0).spans()).extracting(Recovery.Span::backup).containsExactly(backup);
        assertThat(lines.get(1).past()).contains(Lsn.parse("0/680000"));
        assertThat(lines.get(1).spans())
                .containsExactly(new Recovery.Span(
                        backup,
                        Optional.empty(),
                        Lsn.parse("0/680000"),
                        Optional.of(start.plusSeconds(120)),
                        Lsn.parse("0/A00000")));
        assertThat(goal(late).timeline()).isEqualTo(1);
        assertThat(goal(late).newest()).isFalse();
    }

    @Test
    void whatLiesPastOneOfSeveralSwitchesIsToldOnce() {
        sketch.full("0/300028", "0/400100");
        // 2 left 1 at segment 5, 3 left 2 at segment 8; 1 went on to 6, and 2 to 9.
        sketch.wal(1, 3, 6).history(2, "1\t0/580000").wal(2, 5, 9).history(3, "1\t0/580000", "2\t0/880000");
        sketch.wal(3, 8, 8);
        assertThat(sketch.report().recovery().getFirst().lines())
                .extracting(Recovery.Line::timeline, Recovery.Line::past)
                .containsExactly(
                        tuple(3, Optional.empty()),
                        tuple(2, Optional.of(Lsn.parse("0/880000"))),
                        tuple(1, Optional.of(Lsn.parse("0/580000"))));
    }

    @Test
    void aColdBackupIsAMomentAndReachesFurtherIfWalFollows() {
        Label cold = sketch.coldBackup(1, "0/300028");
        assertThat(main().spans())
                .containsExactly(new Recovery.Span(
                        cold, Optional.of(start), Lsn.parse("0/300028"), Optional.of(start), Lsn.parse("0/300028")));
        sketch.clock.move(60);
        sketch.wal(1, 3, 4);
        assertThat(main().spans())
                .extracting(Recovery.Span::to, Recovery.Span::toLsn)
                .containsExactly(tuple(Optional.of(start.plusSeconds(60)), Lsn.parse("0/500000")));
    }

    @Test
    void aBackupThatHoldsItsWalIsAMomentAndReachesFurtherIfWalFollows() {
        Label streamed = sketch.streamed("0/300028", "0/480000");
        assertThat(main().spans())
                .containsExactly(new Recovery.Span(
                        streamed,
                        Optional.of(start),
                        Lsn.parse("0/480000"),
                        Optional.of(start),
                        Lsn.parse("0/480000")));
        sketch.clock.move(60);
        // Segment 3 is not archived, and is not needed: that with the end of the backup is, to go on.
        sketch.wal(1, 4, 5);
        assertThat(main().spans())
                .extracting(Recovery.Span::to, Recovery.Span::toLsn)
                .containsExactly(tuple(Optional.of(start.plusSeconds(60)), Lsn.parse("0/600000")));
    }

    @Test
    void aSegmentWithTwoContentsIsAProblem() {
        sketch.full("0/300028", "0/400100");
        sketch.wal(1, 3, 5).put(Sketch.segment(1, 5).toString(), ".zst", "of another server");
        assertThat(main().spans().getFirst().to()).as("nobody knows").isEmpty();
        assertThat(sketch.report().problems())
                .extracting(Problem::kind, Problem::message)
                .containsExactly(tuple(
                        Problem.Kind.WAL_CONFLICT,
                        "WAL segment 000000010000000000000005 is archived with two contents"));
        assertThat(sketch.report().wal().getFirst().isSound()).isFalse();
    }

    @Test
    void aHistoryThatCannotBeReadIsAProblemAndHidesNothing() {
        Label backup = sketch.full("0/300028", "0/400100");
        sketch.wal(1, 3, 5).history(2, "nonsense");
        ClusterReport report = sketch.report();
        assertThat(report.problems()).extracting(Problem::kind).contains(Problem.Kind.HISTORY_UNREADABLE);
        assertThat(goal(backup).toLsn()).contains(Lsn.parse("0/600000"));
    }

    @Test
    void summariesAndOtherFilesAreNoSegments() {
        sketch.full("0/300028", "0/400100");
        sketch.wal(1, 3, 5)
                .put(Sketch.segment(1, 6).toString(), ".summary", "x")
                .put(Sketch.segment(1, 6) + ".partial", ".zst", "x")
                .put(Sketch.segment(1, 3) + ".00000028.backup", "", "x");
        WalRange range = sketch.report().wal().getFirst();
        assertThat(range.held().map(WalRange.Held::segments)).contains(3L);
        assertThat(range.partial()).contains(Sketch.segment(1, 6));
    }

    private Recovery.Line main() {
        return sketch.report().recovery().getFirst().lines().getFirst();
    }

    private Recovery.Goal goal(Label label) {
        return sketch.report().backups().stream()
                .filter(entry -> entry.label().equals(label))
                .findFirst()
                .orElseThrow()
                .goal();
    }
}
