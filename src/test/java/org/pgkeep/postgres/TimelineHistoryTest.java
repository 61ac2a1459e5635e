package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.TimelineHistory.Ancestor;

final class TimelineHistoryTest {
    private static final String TEXT = """
            1\t0/5000000\tno recovery target specified

            3\t0/9000148\tbefore 2026-11-21 22:00:00.123456+00
            """;

    private final TimelineHistory history = TimelineHistory.parse(4, TEXT);

    @Test
    void aHistoryFileIsReadAndPrintedAsTheServerWritesIt() {
        assertThat(history.ancestors())
                .containsExactly(
                        new Ancestor(1, Lsn.parse("0/5000000"), "no recovery target specified"),
                        new Ancestor(3, Lsn.parse("0/9000148"), "before 2026-11-21 22:00:00.123456+00"));
        assertThat(history.print()).isEqualTo(TEXT);
    }

    @Test
    void commentsAndMissingReasonsAreRead() {
        TimelineHistory read = TimelineHistory.parse(2, "# by hand\n\n  1 0/5000000\n");
        assertThat(read.ancestors()).containsExactly(new Ancestor(1, Lsn.parse("0/5000000"), ""));
    }

    @ParameterizedTest
    @CsvSource({"0/0, 1", "0/4FFFFFF, 1", "0/5000000, 3", "0/9000147, 3", "0/9000148, 4", "FFFFFFFF/FFFFFFFF, 4"})
    void eachPositionBelongsToOneTimeline(String lsn, int timeline) {
        assertThat(history.timelineAt(Lsn.parse(lsn))).isEqualTo(timeline);
        assertThat(history.contains(timeline, Lsn.parse(lsn))).isTrue();
        assertThat(history.contains(2, Lsn.parse(lsn))).isFalse();
    }

    @Test
    void whatEndsWhereTheNextTimelineBeginsStillBelongsToTheOlder() {
        assertThat(history.containsBefore(1, Lsn.parse("0/5000000"))).isTrue();
        assertThat(history.containsBefore(1, Lsn.parse("0/5000001"))).isFalse();
    }

    @Test
    void timelinesBeginAndEndWhereTheyWereLeft() {
        assertThat(history.beginOf(1)).contains(Lsn.INVALID);
        assertThat(history.beginOf(3)).contains(Lsn.parse("0/5000000"));
        assertThat(history.beginOf(4)).contains(Lsn.parse("0/9000148"));
        assertThat(history.beginOf(2)).isEmpty();
        assertThat(history.endOf(3)).contains(Lsn.parse("0/9000148"));
        assertThat(history.endOf(4)).isEmpty();
    }

    @Test
    void theFirstTimelineHasNoAncestors() {
        TimelineHistory first = TimelineHistory.of(1);
        assertThat(first.timelineAt(Lsn.parse("1/0"))).isEqualTo(1);
        assertThat(first.print()).isEmpty();
        assertThat(first).isEqualTo(new TimelineHistory(1, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "1",
                "1\t0/50000000000\treason",
                "4\t0/5000000\treason",
                "99999999999\t0/5000000\treason",
                "0\t0/5000000\treason",
                "3\t0/5000000\ta\n1\t0/6000000\tb",
                "1\t0/5000000\ta\n3\t0/4000000\tb",
            })
    void anImpossibleHistoryIsDamaged(String text) {
        assertThatThrownBy(() -> TimelineHistory.parse(4, text))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLUSTER_DAMAGED))
                .hasMessageContaining("00000004.history");
    }
}
