package org.pgkeep.expire;

import java.time.Instant;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Pin;

/** Why a backup stays. */
public sealed interface Reason {
    /** Nobody said what may go. */
    record NoPolicy() implements Reason {}

    /** It is not older than the newest so many full backups. */
    record SinceFull(int count, Label oldest) implements Reason {}

    /** There are not more full backups than must stay. */
    record FewFull(int count, int there) implements Reason {}

    /** Full backups are not limited, and neither are those that build on them without a differential one. */
    record FullUnlimited() implements Reason {}

    /** It ended in the window. */
    record InWindow(Instant begin) implements Reason {}

    /** Recovery to the window's first moments begins with it, or with one before it. */
    record LeadsIntoWindow(Instant begin) implements Reason {}

    /** There is no backup before the window, so that none may go. */
    record NothingBeforeWindow(Instant begin) implements Reason {}

    /** The newest of a day, week, month or year. */
    record NewestOf(Period period, String which) implements Reason {}

    /** So many must stay. */
    record Floor(int count) implements Reason {}

    /** A person keeps it. */
    record Pinned(Pin pin) implements Reason {}

    /** Whether a person keeps it cannot be read. */
    record MarkUnreadable(String why) implements Reason {}

    /** What it is cannot be read. */
    record RecordUnreadable(String why) implements Reason {}

    /** The newest that can be restored. */
    record LastGood() implements Reason {}

    /** The newest that leads to the newest timeline. */
    record LeadsToTimeline(int timeline) implements Reason {}

    /** No backup can be restored; so none goes. */
    record NoneGood() implements Reason {}

    /** One that stays builds on it, and chains stay together. */
    record BaseOf(Label dependent) implements Reason {}

    /** It becomes a full backup, or is one. */
    record Merged() implements Reason {}

    /** The whole reason, as a sentence without its subject and full stop. */
    default String sentence() {
        return switch (this) {
            case NoPolicy() -> "no policy lets backups go";
            case SinceFull(int count, Label oldest) ->
                count == 1
                        ? "it is not older than the newest full backup, " + oldest
                        : "it is not older than the newest " + count + " full backups, from " + oldest + " on";
            case FewFull(int count, int there) ->
                count + " full backups must stay, and only " + there + " can be restored";
            case FullUnlimited() -> "full backups are not limited";
            case InWindow(Instant begin) -> "it ended in the window, which begins at " + begin;
            case LeadsIntoWindow(Instant begin) -> "recovery to moments from " + begin + " on begins before them";
            case NothingBeforeWindow(Instant begin) -> "no backup that can be restored ended before " + begin;
            case NewestOf(Period period, String which) -> "it is the newest of " + period.word() + " " + which;
            case Floor(int count) -> "it is one of the newest " + count + ", and so many must stay";
            case Pinned(Pin pin) ->
                "it is pinned" + pin.until().map(until -> " until " + until).orElse("")
                        + (pin.keepsWal() ? ", with the WAL that follows" : "");
            case MarkUnreadable(String why) -> "whether it is pinned cannot be read: " + why;
            case RecordUnreadable(String why) -> why;
            case LastGood() -> "it is the newest that can be restored";
            case LeadsToTimeline(int timeline) ->
                "it is the newest that leads to timeline " + Integer.toUnsignedString(timeline) + ", the newest one";
            case NoneGood() -> "no backup can be restored, and so none goes";
            case Merged() -> "it stands as a full backup";
            case BaseOf(Label dependent) -> dependent + ", which stays, builds on it";
        };
    }

    /** What it means for the WAL that follows the backup. */
    enum FollowingWal {
        /** It may go: the backup leads to its own end. */
        MAY_GO,
        /** It stays where {@link Policy#walDepth} does not limit it: the backup leads to any later moment. */
        STAYS,
        /** It stays, whatever else is said. */
        MUST_STAY
    }

    /** What it means for the WAL that follows the backup. */
    default FollowingWal followingWal() {
        return switch (this) {
            case Pinned(Pin pin) -> pin.keepsWal() ? FollowingWal.MUST_STAY : FollowingWal.MAY_GO;
            case BaseOf _ -> FollowingWal.MAY_GO;
            case InWindow _, LeadsIntoWindow _, NothingBeforeWindow _, MarkUnreadable _, LeadsToTimeline _ ->
                FollowingWal.MUST_STAY;
            case NoPolicy _,
                    SinceFull _,
                    FewFull _,
                    FullUnlimited _,
                    NewestOf _,
                    Floor _,
                    RecordUnreadable _,
                    LastGood _,
                    Merged _,
                    NoneGood _ -> FollowingWal.STAYS;
        };
    }
}
