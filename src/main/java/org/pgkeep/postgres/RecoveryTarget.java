package org.pgkeep.postgres;

import java.time.Instant;

/** Where recovery stops replaying WAL ({@code recovery_target} and its relatives). */
public sealed interface RecoveryTarget {
    /** At the end of the WAL that can be had. */
    record Latest() implements RecoveryTarget {}

    /** As soon as the cluster is consistent. */
    record Immediate() implements RecoveryTarget {}

    /** At the first commit or abort after this moment; PostgreSQL knows microseconds. */
    record Time(Instant time) implements RecoveryTarget {}

    /** At a position; since PostgreSQL 10. */
    record AtLsn(Lsn lsn) implements RecoveryTarget {}

    /**
     * When this transaction completes.
     *
     * @param xid 32 bits without epoch, or 64 with, unsigned; PostgreSQL compares the lower 32
     */
    record Xid(long xid) implements RecoveryTarget {}

    /** At the restore point of this name ({@code pg_create_restore_point}). */
    record Name(String name) implements RecoveryTarget {}

    /** Whether "inclusive" means something for this target. */
    default boolean canBeExclusive() {
        return switch (this) {
            case Time _, AtLsn _, Xid _ -> true;
            case Latest _, Immediate _, Name _ -> false;
        };
    }
}
