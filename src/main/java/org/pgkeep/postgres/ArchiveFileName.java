package org.pgkeep.postgres;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A name that {@code archive_command} and {@code restore_command} are called with ({@code access/xlog_internal.h}). */
public sealed interface ArchiveFileName {
    /** One group for each form but the plain segment. */
    Pattern PATTERN = Pattern.compile("(?<timeline>[0-9A-F]{8})\\.history"
            + "|(?<segment>[0-9A-F]{24})(?:(?<partial>\\.partial)|\\.(?<offset>[0-9A-F]{8})\\.backup)?");

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
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        if (matcher.group("timeline") != null) {
            return Optional.of(new History(Integer.parseUnsignedInt(matcher.group("timeline"), 16)));
        }
        SegmentName name = SegmentName.parse(matcher.group("segment")).orElseThrow();
        if (matcher.group("partial") != null) {
            return Optional.of(new Partial(name));
        }
        if (matcher.group("offset") != null) {
            return Optional.of(new BackupHistory(name, Integer.parseUnsignedInt(matcher.group("offset"), 16)));
        }
        return Optional.of(new Segment(name));
    }
}
