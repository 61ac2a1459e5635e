package org.pgkeep.postgres.wal;

/**
 * Hears what WAL records change, record by record. Numbers are PostgreSQL's: unsigned, 32 bits. Called once for each of a hundred
 * thousand records of a segment: implementations allocate nothing.
 */
public interface WalSink {
    /**
     * What follows is of this record, until the next call.
     *
     * @param lsn where it begins
     * @param resourceManager whose it is ({@code xl_rmid})
     * @param info its kind and flags ({@code xl_info})
     * @param bytes its length
     */
    default void record(long lsn, int resourceManager, int info, int bytes) {}

    /** A block of a relation's fork changed. */
    void block(int tablespace, int database, int relation, int fork, int block);

    /** A fork was created, dropped or cut: from this block on whatever is there is new. */
    void limit(int tablespace, int database, int relation, int fork, int block);

    /** A database was created or dropped in a tablespace: whatever it has there is new. */
    void database(int tablespace, int database);

    /**
     * A transaction was committed or rolled back.
     *
     * @param time when, in microseconds since 2000-01-01 00:00 UTC ({@code TimestampTz})
     */
    default void ended(long time) {}

    /** From here on the server writes WAL of this level ({@code wal_level}): 0 is minimal, which leaves changes out. */
    default void level(int level) {}
}
