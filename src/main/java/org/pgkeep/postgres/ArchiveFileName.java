package org.pgkeep.postgres;

import java.util.Optional;

/** A name that {@code archive_command} and {@code restore_command} are called with ({@code access/xlog_internal.h}). */
public sealed interface ArchiveFileName {
    /** A complete segment. */
    record Segment(SegmentName name) implements ArchiveFileName {
        @Override
        public Optional<SegmentName> pages() {
            return Optional.of(name);
        }

        @Override
        public String toString() {
            return name.toString();
        }
    }

    /** The last segment of a timeline that was left in its middle: {@code ….partial}. */
    record Partial(SegmentName name) implements ArchiveFileName {
        @Override
        public Optional<SegmentName> pages() {
            return Optional.of(name);
        }

        @Override
        public String toString() {
            return name + ".partial";
        }
    }

    /** The line of descent of a timeline: {@code 00000002.history}. */
    record History(int timeline) implements ArchiveFileName {
        @Override
        public String toString() {
            return TimelineHistory.fileName(timeline);
        }
    }

    /**
     * Start and stop of a backup, for people: {@code 000000010000000000000002.00000028.backup}.
     *
     * @param name segment of the start
     * @param offset of the start in that segment
     */
    record BackupHistory(SegmentName name, int offset) implements ArchiveFileName {
        @Override
        public String toString() {
            return "%s.%08X.backup".formatted(name, offset);
        }
    }

    /** The segment whose pages the file holds; empty when it holds none. */
    default Optional<SegmentName> pages() {
        return Optional.empty();
    }

    /** What the name means; empty when PostgreSQL never asks for such a name. */
    static Optional<ArchiveFileName> parse(String text) {
        int dot = text.indexOf('.');
        String start = dot < 0 ? text : text.substring(0, dot);
        String ending = text.substring(start.length());
        if (ending.equals(".history")) {
            return number(start).map(History::new);
        }
        return SegmentName.parse(start).flatMap(name -> ofSegment(name, ending));
    }

    private static Optional<ArchiveFileName> ofSegment(SegmentName name, String ending) {
        if (ending.isEmpty()) {
            return Optional.of(new Segment(name));
        }
        if (ending.equals(".partial")) {
            return Optional.of(new Partial(name));
        }
        int offsetEnd = ending.length() - ".backup".length();
        return ending.endsWith(".backup") && offsetEnd > 0
                ? number(ending.substring(1, offsetEnd)).map(offset -> new BackupHistory(name, offset))
                : Optional.empty();
    }

    /** Eight hexadecimal digits. */
    private static Optional<Integer> number(String text) {
        return SegmentName.areDigits(text, 8) ? Optional.of(Integer.parseUnsignedInt(text, 16)) : Optional.empty();
    }
}
