package org.pgkeep.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.TinyRepository;

/** How far WAL leads, compared with a walk from segment to segment. */
class ReachTest {
    private static final int SEGMENTS = 40;
    private static final int SEGMENT_BYTES = TinyRepository.SEGMENT_BYTES;

    @Test
    void itLeadsAsFarAsAWalkFromSegmentToSegment() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            TimelineHistory history = history(random);
            Set<SegmentName> there = segments(random, history);
            Sketch sketch = new Sketch();
            there.forEach(name -> sketch.put(name.toString(), ".zst", name.toString()));
            Reach reach = new Reach(
                    WalSurvey.of(sketch.cluster.wal(), 1, Optional.of(SEGMENT_BYTES), Optional.empty()), history);
            for (long number = 0; number < SEGMENTS + 2; number++) {
                assertThat(reach.firstMissingFrom(number))
                        .as("seed %d, from %d, %s, %s", seed, number, history, there)
                        .isEqualTo(walk(number, history, there));
            }
        }
    }

    @Test
    void whatAnAncestorWroteBehindTheSwitchLeadsNowhere() {
        TimelineHistory history = history(2, 1, new Lsn(10L * SEGMENT_BYTES + SEGMENT_BYTES / 2).toString());
        Sketch sketch = new Sketch();
        for (int number = 1; number <= 20; number++) {
            SegmentName name = Sketch.segment(1, number);
            sketch.put(name.toString(), ".zst", name.toString());
        }
        // Its part of segment 10 is only in the ancestor's.
        for (int number = 11; number <= 15; number++) {
            SegmentName name = Sketch.segment(2, number);
            sketch.put(name.toString(), ".zst", name.toString());
        }
        Reach reach =
                new Reach(WalSurvey.of(sketch.cluster.wal(), 1, Optional.of(SEGMENT_BYTES), Optional.empty()), history);

        assertThat(reach.firstMissingFrom(5)).isEqualTo(16);
        assertThat(reach.firstMissingFrom(11)).isEqualTo(16);
        assertThat(reach.firstMissingFrom(17)).isEqualTo(17);
    }

    /** Up to four timelines, that leave one another anywhere, also in one segment. */
    private static TimelineHistory history(Random random) {
        List<TimelineHistory.Ancestor> ancestors = new ArrayList<>();
        long end = SEGMENT_BYTES;
        int count = random.nextInt(4);
        for (int timeline = 1; timeline <= count; timeline++) {
            end += switch (random.nextInt(3)) {
                case 0 -> random.nextInt(SEGMENT_BYTES / 4);
                case 1 -> (long) SEGMENT_BYTES * random.nextInt(8);
                default -> random.nextLong(10L * SEGMENT_BYTES);
            };
            ancestors.add(new TimelineHistory.Ancestor(timeline, new Lsn(end), ""));
        }
        return new TimelineHistory(count + 1, ancestors);
    }

    private static Set<SegmentName> segments(Random random, TimelineHistory history) {
        Set<SegmentName> there = new HashSet<>();
        for (int timeline = 1; timeline <= history.timeline(); timeline++) {
            for (int number = 0; number < SEGMENTS; number++) {
                if (random.nextInt(12) > 0) {
                    there.add(Sketch.segment(timeline, number));
                }
            }
        }
        return there;
    }

    /** Of each segment, any timeline that has a part in it will do. */
    private static long walk(long from, TimelineHistory history, Set<SegmentName> there) {
        for (long number = from; ; number++) {
            Lsn start = new Lsn(number * SEGMENT_BYTES);
            int oldest = history.timelineAt(start);
            int youngest = history.timelineAt(start.plus(SEGMENT_BYTES - 1L));
            boolean found = false;
            for (int timeline = oldest; timeline <= youngest; timeline++) {
                found |= there.contains(SegmentName.holding(timeline, start, SEGMENT_BYTES));
            }
            if (!found) {
                return number;
            }
        }
    }

    @Test
    void linesPartWhereTheirWalDiffers() {
        TimelineHistory one = TimelineHistory.of(1);
        TimelineHistory two = history(2, 1, "0/500000");
        TimelineHistory three = new TimelineHistory(3, List.of(ancestor(1, "0/500000"), ancestor(2, "0/800000")));
        TimelineHistory sibling = history(4, 1, "0/300000");
        assertThat(Reach.partingOf(one, two)).isEqualTo(Lsn.parse("0/500000"));
        assertThat(Reach.partingOf(two, one)).isEqualTo(Lsn.parse("0/500000"));
        assertThat(Reach.partingOf(two, three)).isEqualTo(Lsn.parse("0/800000"));
        assertThat(Reach.partingOf(one, three)).isEqualTo(Lsn.parse("0/500000"));
        assertThat(Reach.partingOf(sibling, three)).isEqualTo(Lsn.parse("0/300000"));
        assertThat(Reach.partingOf(TimelineHistory.of(9), three))
                .as("strangers")
                .isEqualTo(Lsn.INVALID);
    }

    private static TimelineHistory history(int timeline, int parent, String at) {
        return new TimelineHistory(timeline, List.of(ancestor(parent, at)));
    }

    private static TimelineHistory.Ancestor ancestor(int timeline, String end) {
        return new TimelineHistory.Ancestor(timeline, Lsn.parse(end), "");
    }
}
