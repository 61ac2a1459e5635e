package org.pgkeep.expire;

import org.pgkeep.repository.Label;

/** Why a range of WAL stays or goes. */
public sealed interface WalReason {
    /** Nobody said what may go. */
    record NoPolicy() implements WalReason {}

    /** A backup leads to any moment in it. */
    record Leads(Label from) implements WalReason {}

    /** It makes a backup consistent. */
    record Completes(Label backup) implements WalReason {}

    /** Of the newest timeline, to which no backup leads yet. */
    record NewestTimeline(int timeline) implements WalReason {}

    /** It is not known which backups lead to the timeline. */
    record UnknownTimeline(int timeline) implements WalReason {}

    /** No backup of its database cluster can be restored yet. */
    record NoBackupYet() implements WalReason {}

    /** A backup's record cannot be read, and so nobody knows what it needs. */
    record BackupUnreadable(Label backup) implements WalReason {}

    /** Segments of several sizes: their names do not tell their order. */
    record SeveralSizes() implements WalReason {}

    /** Before everything that a backup needs. */
    record BeforeAll(Label oldest) implements WalReason {}

    /** After the end of a backup that leads to no later moment. */
    record Hole(Label after) implements WalReason {}

    /** No backup that stays leads to the timeline. */
    record DeadTimeline(int timeline) implements WalReason {}

    /** Of a database cluster that the name no longer stands for, and of which no backup stays. */
    record OldCluster(int historyId) implements WalReason {}

    /** The whole reason, as a sentence without its full stop. */
    default String sentence() {
        return switch (this) {
            case NoPolicy() -> "no policy lets WAL go";
            case Leads(Label from) -> "it leads from " + from + " to any later moment";
            case Completes(Label backup) -> "it makes " + backup + " consistent";
            case NewestTimeline(int timeline) ->
                "no backup leads to timeline " + number(timeline) + ", the newest one, yet";
            case UnknownTimeline(int timeline) ->
                "nobody archived from which timeline " + number(timeline) + " descends";
            case NoBackupYet() -> "there is no backup that can be restored yet";
            case BackupUnreadable(Label backup) -> "which WAL " + backup + " needs cannot be read";
            case SeveralSizes() -> "its segments are of several sizes";
            case BeforeAll(Label oldest) -> "it is older than " + oldest + ", the oldest that stays on its timeline";
            case Hole(Label after) -> "it follows " + after + ", which leads only to its own end";
            case DeadTimeline(int timeline) -> "no backup that stays leads to timeline " + number(timeline);
            case OldCluster(int historyId) ->
                "no backup stays of the database cluster that it is of (" + historyId + " in this cluster's history)";
        };
    }

    private static String number(int timeline) {
        return Integer.toUnsignedString(timeline);
    }
}
