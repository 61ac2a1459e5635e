package org.pgkeep.expire;

import java.time.Instant;
import org.pgkeep.repository.Label;

/** Why one policy does not keep a backup. */
public sealed interface Objection {
    /** It is older than the newest so many full backups. */
    record OlderThanFull(int count, Label oldest) implements Objection {}

    /** It is a differential backup, or builds on one, that is older than the newest so many. */
    record OlderThanDiff(int count, Label oldest) implements Objection {}

    /** It builds on a differential one that does not count. */
    record OnOldDifferential(Label differential, Label oldest) implements Objection {}

    /** It ended before the window, and so did a newer one. */
    record BeforeWindow(Instant begin, Label leads) implements Objection {}

    /** A newer one is the newest of its period, or its period is too long ago. */
    record NotNewestOf(Period period, int count) implements Objection {}

    /** A person said that it goes. */
    record Asked() implements Objection {}

    /** A later one that builds on it becomes a full backup. */
    record MergedInto(Label label) implements Objection {}

    /** The whole objection, as a sentence without its full stop. */
    default String sentence() {
        return switch (this) {
            case OlderThanFull(int count, Label oldest) ->
                count == 1
                        ? "it is older than the newest full backup, " + oldest
                        : "it is older than the newest " + count + " full backups, from " + oldest + " on";
            case OlderThanDiff(int count, Label oldest) ->
                "it is older than the newest " + count + " differential backups, from " + oldest + " on";
            case OnOldDifferential(Label differential, Label oldest) ->
                "it builds on " + differential + ", and only those from " + oldest + " on count";
            case BeforeWindow(Instant begin, Label leads) ->
                "it ended before the window, which begins at " + begin + ", and " + leads + " leads into it";
            case NotNewestOf(Period period, int count) ->
                "it is not the newest of one of the last " + count + " " + period.word() + "s";
            case Asked() -> "it was named";
            case MergedInto(Label label) -> label + " builds on it no more";
        };
    }
}
