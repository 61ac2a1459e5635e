package org.pgkeep.postgres;

import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The WAL segments from one to another, both included. The last may be of a younger timeline than the first, as of a backup of a standby that
 * followed its primary there: then each of them is of either, or there of both.
 *
 * @param first where it begins
 * @param last where it ends, not before {@code first}
 * @param segmentBytes size of a segment
 */
public record SegmentSpan(SegmentName first, SegmentName last, int segmentBytes)
        implements Iterable<SegmentSpan.Place> {
    /**
     * A place in it.
     *
     * @param names of the segment there: one, or that of the older and that of the younger timeline
     */
    public record Place(List<SegmentName> names) {
        public Place {
            names = List.copyOf(names);
        }

        /** Whether the segment of either timeline is. */
        public boolean anyIs(Predicate<SegmentName> condition) {
            return names.stream().anyMatch(condition);
        }

        @Override
        public String toString() {
            return names.getFirst().toString();
        }
    }

    /** All places, in order. */
    public Stream<Place> places() {
        SegmentName end = last.onTimeline(first.timeline());
        return Stream.iterate(first, next -> next.compareTo(end) <= 0, next -> next.next(segmentBytes))
                .map(this::place);
    }

    private Place place(SegmentName segment) {
        return new Place(
                segment.timeline() == last.timeline()
                        ? List.of(segment)
                        : List.of(segment, segment.onTimeline(last.timeline())));
    }

    @Override
    public Iterator<Place> iterator() {
        return places().iterator();
    }

    /** The timelines, the older one first. */
    public List<Integer> timelines() {
        return first.timeline() == last.timeline()
                ? List.of(first.timeline())
                : List.of(first.timeline(), last.timeline());
    }

    /** Whether a segment is one of them. */
    public boolean includes(SegmentName segment) {
        return timelines().contains(segment.timeline())
                && segment.compareTo(first.onTimeline(segment.timeline())) >= 0
                && segment.compareTo(last.onTimeline(segment.timeline())) <= 0;
    }
}
