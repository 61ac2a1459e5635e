package org.pgkeep.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.report.Recovery.Moment;
import org.pgkeep.repository.Label;

/** Which moment is nearest to one that cannot be reached: two spans with a hole between them. */
class RecoveryTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Label LABEL = Label.parse("20261121-110000F").orElseThrow();

    private final Recovery.Line line = new Recovery.Line(
            2,
            Optional.empty(),
            List.of(span(0, "0/2000100", 10, "0/5000000"), span(30, "0/8000100", 40, "0/A000000")),
            List.of());

    private static Recovery.Span span(int from, String fromLsn, int to, String toLsn) {
        return new Recovery.Span(
                LABEL, Optional.of(at(from)), Lsn.parse(fromLsn), Optional.of(at(to)), Lsn.parse(toLsn));
    }

    private static Instant at(int minutes) {
        return NOON.plusSeconds(60L * minutes);
    }

    private static Optional<Moment> moment(int minutes, String lsn) {
        return Optional.of(new Moment(2, Optional.of(at(minutes)), Lsn.parse(lsn)));
    }

    @Test
    void aTimeInAHoleLiesBetweenTheEndAndTheBeginOfSpans() {
        assertThat(line.upTo(at(20))).isEqualTo(moment(10, "0/5000000"));
        assertThat(line.after(at(20))).isEqualTo(moment(30, "0/8000100"));
    }

    @Test
    void aTimeThatCanBeReachedIsItsOwnNearest() {
        assertThat(line.upTo(at(35)).flatMap(Moment::time)).contains(at(35));
        assertThat(line.upTo(at(0)).flatMap(Moment::time)).contains(at(0));
    }

    @Test
    void beforeAllAndBehindAllThereIsOneNeighbour() {
        assertThat(line.upTo(at(-1))).isEmpty();
        assertThat(line.after(at(-1))).isEqualTo(moment(0, "0/2000100"));
        assertThat(line.upTo(at(50))).isEqualTo(moment(40, "0/A000000"));
        assertThat(line.after(at(50))).isEmpty();
        assertThat(line.last()).isEqualTo(moment(40, "0/A000000"));
    }

    @Test
    void placesAreComparedAlike() {
        assertThat(line.upTo(Lsn.parse("0/6000000"))).isEqualTo(moment(10, "0/5000000"));
        assertThat(line.after(Lsn.parse("0/6000000"))).isEqualTo(moment(30, "0/8000100"));
        assertThat(line.upTo(Lsn.parse("0/1000000"))).isEmpty();
        assertThat(line.after(Lsn.parse("0/9000000"))).isEmpty();
    }

    @Test
    void aTimelineWithoutALineOfItsOwnIsOnTheFirst() {
        Recovery.Line older = new Recovery.Line(1, Optional.of(Lsn.parse("0/3000000")), List.of(), List.of());
        Recovery recovery = new Recovery(1, List.of(line, older));
        assertThat(recovery.line(Optional.of(1))).contains(older);
        assertThat(recovery.line(Optional.of(7))).contains(line);
        assertThat(recovery.line(Optional.empty())).contains(line);
        assertThat(new Recovery(1, List.of()).line(Optional.empty())).isEmpty();
    }
}
