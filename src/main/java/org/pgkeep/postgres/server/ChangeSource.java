package org.pgkeep.postgres.server;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.PostgresVersion;

/** What a server itself knows of changed blocks: its WAL summaries, and the extension ptrack. */
public final class ChangeSource {
    private static final Query SUMMARIZER = new Query(
            "read the state of the WAL summarizer",
            "SELECT CASE WHEN current_setting('summarize_wal')::bool THEN summarized_lsn ELSE '0/0' END::text"
                    + " FROM pg_get_wal_summarizer_state()",
            "EXECUTE ON FUNCTION pg_get_wal_summarizer_state()");
    private static final Query SUMMARIES = new Query(
            "list the WAL summaries",
            "SELECT s.tli, s.start_lsn::text, s.end_lsn::text FROM pg_available_wal_summaries() s"
                    + " ORDER BY s.tli, s.start_lsn, s.end_lsn",
            "EXECUTE ON FUNCTION pg_available_wal_summaries()");
    private static final Query CONTENTS =
            new Query("read a WAL summary", """
            SELECT reltablespace, reldatabase, relfilenode, relblocknumber, is_limit_block
            FROM pg_wal_summary_contents(?, ?::pg_lsn, ?::pg_lsn) WHERE relforknumber = 0
            """, "EXECUTE ON FUNCTION pg_wal_summary_contents(bigint, pg_lsn, pg_lsn)");

    /** Only a superuser's functions are called, for they run with our rights. */
    private static final Query PTRACK = new Query("look for ptrack", """
            SELECT n.nspname FROM pg_proc p
            JOIN pg_namespace n ON n.oid = p.pronamespace
            JOIN pg_roles r ON r.oid = p.proowner
            WHERE p.proname IN ('ptrack_get_pagemapset', 'ptrack_init_lsn') AND r.rolsuper
            GROUP BY n.nspname HAVING count(DISTINCT p.proname) = 2
            ORDER BY n.nspname LIMIT 1
            """, "");

    private final Queries queries;
    private final PostgresVersion version;

    ChangeSource(Queries queries, PostgresVersion version) {
        this.queries = queries;
        this.version = version;
    }

    /** WAL that one summary covers. */
    public record Summary(int timeline, Lsn start, Lsn end) {}

    /** Hears what a summary has of main forks. */
    public interface BlockSink {
        /**
         * A block was changed; or, as a limit, the relation was created or cut to so many blocks. Relation 0 with limit 0: the
         * database is new.
         */
        void block(long tablespace, long database, long relation, long block, boolean isLimit);
    }

    /** Hears which blocks of a file are in ptrack's map. */
    public interface MapSink {
        /**
         * A file.
         *
         * @param path of the segment file, relative to the data directory
         */
        void file(String path, BitSet blocks);
    }

    /** Whether this version can summarize WAL. */
    public boolean hasSummaries() {
        return version.isAtLeast(MajorVersion.V17);
    }

    /** Up to where WAL is summarized; {@link Lsn#INVALID}: it is not. */
    public Lsn summarizedUpTo() {
        return queries.one(SUMMARIZER, row -> Lsn.parse(row.getString(1)));
    }

    /** The summaries that the server has, by timeline and start. */
    public List<Summary> summaries() {
        return queries.all(
                SUMMARIES, row -> new Summary(row.getInt(1), Lsn.parse(row.getString(2)), Lsn.parse(row.getString(3))));
    }

    /** Reads a summary. */
    public void read(Summary summary, BlockSink sink) {
        queries.each(
                CONTENTS,
                row -> sink.block(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getBoolean(5)),
                Integer.toUnsignedLong(summary.timeline),
                summary.start.toString(),
                summary.end.toString());
    }

    /** The extension ptrack 2 in the database of this session; empty where it is not. */
    public Optional<Ptrack> ptrack() {
        return queries.all(PTRACK, row -> row.getString(1)).stream()
                .findFirst()
                .map(schema -> new Ptrack(queries, '"' + schema.replace("\"", "\"\"") + '"'));
    }

    /** The extension ptrack 2. */
    public static final class Ptrack {
        private final Queries queries;
        private final String schema;

        private Ptrack(Queries queries, String schema) {
            this.queries = queries;
            this.schema = schema;
        }

        /** From when on changes are in the map; {@link Lsn#INVALID}: it tracks nothing. */
        public Lsn trackedSince() {
            Query query = new Query(
                    "ask ptrack since when it tracks",
                    "SELECT coalesce(" + schema + ".ptrack_init_lsn(), '0/0'::pg_lsn)::text",
                    "EXECUTE ON FUNCTION " + schema + ".ptrack_init_lsn()");
            return queries.one(query, row -> Lsn.parse(row.getString(1)));
        }

        /** The blocks that changed since an LSN, and some that did not: the map is a hash table. */
        public void changedSince(Lsn since, MapSink sink) {
            Query query = new Query(
                    "ask ptrack what changed",
                    "SELECT path, pagemap FROM " + schema + ".ptrack_get_pagemapset(?::pg_lsn)",
                    "EXECUTE ON FUNCTION " + schema + ".ptrack_get_pagemapset(pg_lsn)");
            queries.each(query, row -> sink.file(row.getString(1), BitSet.valueOf(row.getBytes(2))), since.toString());
        }
    }
}
