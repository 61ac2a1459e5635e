package org.pgkeep.backup.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.postgres.server.ChangeSource;

final class SinceTest {
    private static final TimelineHistory HISTORY = new TimelineHistory(
            5,
            List.of(
                    new TimelineHistory.Ancestor(1, new Lsn(100), ""),
                    new TimelineHistory.Ancestor(3, new Lsn(200), ""),
                    new TimelineHistory.Ancestor(4, new Lsn(200), "")));

    private static List<Since.Stretch> stretches(int timeline, long base, long start) {
        return new Since(timeline, new Lsn(base), new Lsn(start), HISTORY).stretches();
    }

    private static Since.Stretch stretch(int timeline, long from, long to) {
        return new Since.Stretch(timeline, new Lsn(from), new Lsn(to));
    }

    @Test
    void stretchesFollowTheHistory() {
        assertThat(stretches(1, 50, 300))
                .containsExactly(stretch(1, 50, 100), stretch(3, 100, 200), stretch(5, 200, 300));
        assertThat(stretches(3, 150, 300)).containsExactly(stretch(3, 150, 200), stretch(5, 200, 300));
        assertThat(stretches(5, 250, 300)).containsExactly(stretch(5, 250, 300));
        assertThat(stretches(1, 50, 80)).containsExactly(stretch(1, 50, 80));
        assertThat(stretches(1, 50, 150)).containsExactly(stretch(1, 50, 100), stretch(3, 100, 150));
        assertThat(stretches(5, 300, 300)).isEmpty();
    }

    @Test
    void summariesMustCoverEveryByte() {
        List<ChangeSource.Summary> all =
                List.of(summary(3, 0, 1000), summary(5, 200, 240), summary(5, 240, 260), summary(5, 265, 400));
        List<ChangeSource.Summary> needed = new ArrayList<>();
        assertThat(ServerSummaries.cover(stretch(5, 210, 260), all, needed)).isEmpty();
        assertThat(needed).containsExactly(all.get(1), all.get(2));
        assertThat(ServerSummaries.cover(stretch(5, 210, 261), all, new ArrayList<>()))
                .contains(new Lsn(260));
        assertThat(ServerSummaries.cover(stretch(5, 230, 300), all, new ArrayList<>()))
                .contains(new Lsn(260));
        assertThat(ServerSummaries.cover(stretch(5, 100, 230), all, new ArrayList<>()))
                .contains(new Lsn(100));
        assertThat(ServerSummaries.cover(stretch(5, 390, 401), all, new ArrayList<>()))
                .contains(new Lsn(400));
        assertThat(ServerSummaries.cover(stretch(6, 210, 211), all, new ArrayList<>()))
                .contains(new Lsn(210));
    }

    private static ChangeSource.Summary summary(int timeline, long start, long end) {
        return new ChangeSource.Summary(timeline, new Lsn(start), new Lsn(end));
    }
}
