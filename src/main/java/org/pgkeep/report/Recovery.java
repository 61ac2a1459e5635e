package org.pgkeep.report;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.Label;

/**
 * The moments to which one database cluster can be brought back.
 *
 * @param historyId which {@link org.pgkeep.repository.ClusterRecord.History} it is
 * @param lines the newest timeline with all its ancestors first, which is where recovery goes unless it is told otherwise; then older
 *     timelines, as far as they have moments of their own
 */
public record Recovery(int historyId, List<Line> lines) {
    public Recovery {
        lines = List.copyOf(lines);
    }

    /** The span with the newest moment that recovery reaches unless it is told another timeline; empty when nothing can be restored. */
    public Optional<Span> newest() {
        return lines.stream()
                .findFirst()
                .map(Line::spans)
                .filter(spans -> !spans.isEmpty())
                .map(List::getLast);
    }

    /** The line of the timeline; the first, where recovery goes by itself, for one that has none of its own. Empty without lines. */
    public Optional<Line> line(Optional<Integer> timeline) {
        return lines.stream()
                .filter(line -> timeline.equals(Optional.of(line.timeline)))
                .findFirst()
                .or(() -> lines.stream().findFirst());
    }

    /**
     * A moment that can be reached.
     *
     * @param time empty where only its place is known
     */
    public record Moment(int timeline, Optional<Instant> time, Lsn lsn) {}

    /**
     * A timeline and those it descends from.
     *
     * @param past only what lies past this LSN, where a younger line left this one; empty for the newest
     * @param spans in the order of the WAL
     * @param holes what lies between one span and the next
     */
    public record Line(int timeline, Optional<Lsn> past, List<Span> spans, List<Hole> holes) {
        public Line {
            spans = List.copyOf(spans);
            holes = List.copyOf(holes);
        }

        /** The last moment up to this time that can be reached; empty when there is none. */
        public Optional<Moment> upTo(Instant time) {
            return spans.reversed().stream()
                    .filter(span -> span.to.isPresent()
                            && span.from.map(from -> !from.isAfter(time)).orElse(true))
                    .findFirst()
                    .map(span ->
                            end(span, span.to.filter(to -> to.isBefore(time)).orElse(time)));
        }

        /** The first moment after this time that can be reached; empty when there is none. */
        public Optional<Moment> after(Instant time) {
            return spans.stream()
                    .filter(span -> span.from.map(from -> from.isAfter(time)).orElse(false))
                    .findFirst()
                    .map(this::begin);
        }

        /** The last place up to this one that can be reached; empty when there is none. */
        public Optional<Moment> upTo(Lsn lsn) {
            return spans.reversed().stream()
                    .filter(span -> span.fromLsn.compareTo(lsn) <= 0)
                    .findFirst()
                    .map(span -> new Moment(timeline, span.to, span.toLsn.isBefore(lsn) ? span.toLsn : lsn));
        }

        /** The first place after this one that can be reached; empty when there is none. */
        public Optional<Moment> after(Lsn lsn) {
            return spans.stream()
                    .filter(span -> lsn.isBefore(span.fromLsn))
                    .findFirst()
                    .map(this::begin);
        }

        /** The last of all. */
        public Optional<Moment> last() {
            return spans.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Moment(timeline, spans.getLast().to, spans.getLast().toLsn));
        }

        private Moment begin(Span span) {
            return new Moment(timeline, span.from, span.fromLsn);
        }

        private Moment end(Span span, Instant time) {
            return new Moment(timeline, Optional.of(time), span.toLsn);
        }
    }

    /**
     * Moments without a gap between them.
     *
     * @param backup the one with which the earliest can be reached
     * @param from when that backup had ended; empty where the span begins where a younger timeline was left
     * @param fromLsn the same place in the WAL
     * @param to when the last segment was archived, or the last piece of the running one, by the store's clock, or when the backup ended if
     *     that is later; empty when it cannot be told, because that segment has two contents
     * @param toLsn the end of that segment or piece
     */
    public record Span(Label backup, Optional<Instant> from, Lsn fromLsn, Optional<Instant> to, Lsn toLsn) {}

    /**
     * Moments that cannot be reached between others that can.
     *
     * @param missing the WAL that is not there
     */
    public record Hole(Optional<Instant> from, Optional<Instant> to, WalRange.Gap missing) {}

    /**
     * Where one backup leads to.
     *
     * @param timeline the youngest of the line on which it leads there
     * @param to as in {@link Span}; empty when it cannot be told, or the backup cannot be restored
     * @param toLsn the end of the unbroken WAL; empty when the backup cannot be restored
     * @param newest whether that is the newest moment of all
     * @param firstMissing the first segment that it needs to be consistent and that is not there
     */
    public record Goal(
            int timeline,
            Optional<Instant> to,
            Optional<Lsn> toLsn,
            boolean newest,
            Optional<SegmentName> firstMissing) {
        /** The same of a backup that cannot be restored, whatever WAL there is. */
        Goal ofDamaged() {
            return new Goal(timeline, Optional.empty(), Optional.empty(), false, firstMissing);
        }

        /** Whether all WAL is there that the backup needs to be consistent. */
        public boolean isComplete() {
            return firstMissing.isEmpty();
        }
    }
}
