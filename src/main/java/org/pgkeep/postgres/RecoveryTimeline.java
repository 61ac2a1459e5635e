package org.pgkeep.postgres;

/** Which timeline recovery follows ({@code recovery_target_timeline}). */
public sealed interface RecoveryTimeline {
    /** The one that was current when the backup was taken. */
    record Current() implements RecoveryTimeline {}

    /** The youngest that descends from it and is in the archive. */
    record Latest() implements RecoveryTimeline {}

    /** This one; its history must lead through the backup. */
    record Exactly(int timeline) implements RecoveryTimeline {}
}
