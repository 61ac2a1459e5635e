package org.pgkeep.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The line of descent of a timeline: which timeline each stretch of WAL belongs to ({@code access/transam/timeline.c}).
 * Timeline 1 has no history file and no ancestors.
 *
 * @param timeline the youngest
 * @param ancestors from the oldest to the parent
 */
public record TimelineHistory(int timeline, List<Ancestor> ancestors) {
    private static final Pattern LINE =
            Pattern.compile("\\s*(\\d{1,10})\\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(?:\\s(.*))?");

    /**
     * An older timeline.
     *
     * @param timeline its id
     * @param end where the next one left it: the first LSN that is no longer of this timeline
     * @param reason as the server wrote it
     */
    public record Ancestor(int timeline, Lsn end, String reason) {}

    public TimelineHistory {
        ancestors = List.copyOf(ancestors);
        int previous = 0;
        Lsn begin = Lsn.INVALID;
        for (Ancestor ancestor : ancestors) {
            requireOlder(previous, ancestor.timeline, timeline);
            if (ancestor.end.isBefore(begin)) {
                throw damaged(
                        timeline, "ends timeline " + Integer.toUnsignedString(ancestor.timeline) + " before it began");
            }
            previous = ancestor.timeline;
            begin = ancestor.end;
        }
        requireOlder(previous, timeline, timeline);
    }

    private static void requireOlder(int older, int younger, int timeline) {
        if (Integer.compareUnsigned(older, younger) >= 0) {
            throw damaged(timeline, "timeline ids do not grow");
        }
    }

    private static PgkeepException damaged(int timeline, String why) {
        return new PgkeepException(
                ErrorCode.CLUSTER_DAMAGED, "timeline history " + fileName(timeline) + " is damaged: " + why);
    }

    /** A timeline without ancestors. */
    public static TimelineHistory of(int timeline) {
        return new TimelineHistory(timeline, List.of());
    }

    /**
     * Reads the content of a history file.
     *
     * @param timeline that the file's name tells
     * @throws PgkeepException {@code CLUSTER_DAMAGED} when it is not a history of that timeline
     */
    public static TimelineHistory parse(int timeline, String text) {
        List<Ancestor> ancestors = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw damaged(timeline, "it has the line '" + line + "'");
            }
            ancestors.add(new Ancestor(
                    (int) Long.parseLong(matcher.group(1)),
                    Lsn.parse(matcher.group(2)),
                    Optional.ofNullable(matcher.group(3)).orElse("")));
        }
        return new TimelineHistory(timeline, ancestors);
    }

    /** {@code 00000002.history}. */
    public static String fileName(int timeline) {
        return "%08X.history".formatted(timeline);
    }

    /** As the server writes it. */
    public String print() {
        StringBuilder text = new StringBuilder();
        for (Ancestor ancestor : ancestors) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append(Integer.toUnsignedString(ancestor.timeline))
                    .append('\t')
                    .append(ancestor.end)
                    .append('\t')
                    .append(ancestor.reason)
                    .append('\n');
        }
        return text.toString();
    }

    /** The timeline of the byte at this LSN, seen from the youngest ({@code tliOfPointInHistory}). */
    public int timelineAt(Lsn lsn) {
        for (Ancestor ancestor : ancestors) {
            if (lsn.isBefore(ancestor.end)) {
                return ancestor.timeline;
            }
        }
        return timeline;
    }

    /**
     * Whether the byte at this LSN of that timeline is part of this history. For an LSN that ends a range, such as a
     * backup's stop LSN, ask {@link #containsBefore}.
     */
    public boolean contains(int ofTimeline, Lsn lsn) {
        return timelineAt(lsn) == ofTimeline;
    }

    /** Whether all bytes of that timeline up to, and not including, this LSN are part of this history. */
    public boolean containsBefore(int ofTimeline, Lsn lsn) {
        return contains(ofTimeline, lsn.plus(-1));
    }

    /** Where a timeline of this history begins; {@link Lsn#INVALID} for the oldest; empty for a stranger. */
    public Optional<Lsn> beginOf(int ofTimeline) {
        Lsn begin = Lsn.INVALID;
        for (Ancestor ancestor : ancestors) {
            if (ancestor.timeline == ofTimeline) {
                return Optional.of(begin);
            }
            begin = ancestor.end;
        }
        return ofTimeline == timeline ? Optional.of(begin) : Optional.empty();
    }

    /** Where a timeline of this history was left; empty for a stranger and for the youngest. */
    public Optional<Lsn> endOf(int ofTimeline) {
        return ancestors.stream()
                .filter(ancestor -> ancestor.timeline == ofTimeline)
                .map(Ancestor::end)
                .findFirst();
    }
}
