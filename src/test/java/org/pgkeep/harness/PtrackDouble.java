package org.pgkeep.harness;

/**
 * Stands in for the extension ptrack 2, which no package of PostgreSQL brings: functions of the same names and results, written in SQL,
 * that take what they know from the server's own WAL summaries. Where a whole relation or database is new, all its pages are in the map,
 * as ptrack marks too much rather than too little.
 */
public final class PtrackDouble {
    private PtrackDouble() {}

    /** Makes the functions in database postgres of a server that summarizes WAL (from 17): it tracks from now on. */
    public static void install(TestCluster cluster) {
        cluster.sql("CREATE SCHEMA ptrack");
        trackSince(cluster, cluster.query("SELECT pg_current_wal_lsn()"));
        cluster.sql("""
                CREATE FUNCTION ptrack.files(spc oid, db oid, rel oid) RETURNS SETOF text LANGUAGE sql AS $$
                    SELECT dir || '/' || file
                    FROM (SELECT CASE spc WHEN 1663 THEN 'base/' || db WHEN 1664 THEN 'global' ELSE
                              'pg_tblspc/' || spc || '/'
                              || (SELECT v FROM pg_ls_dir('pg_tblspc/' || spc, true, false) v WHERE v LIKE 'PG\\_%')
                              || '/' || db END) d (dir), pg_ls_dir(dir, true, false) file
                    WHERE file ~ ('^' || CASE rel WHEN 0 THEN '\\d+' ELSE rel::text END || '$')
                $$""", """
                CREATE FUNCTION ptrack.map(blocks bigint[], bytes int) RETURNS bytea LANGUAGE plpgsql AS $$
                DECLARE
                    map bytea := decode(repeat('00', bytes), 'hex');
                    block bigint;
                BEGIN
                    FOREACH block IN ARRAY blocks LOOP
                        map := set_bit(map, block, 1);
                    END LOOP;
                    RETURN map;
                END $$""", """
                CREATE FUNCTION ptrack.ptrack_get_pagemapset(pg_lsn)
                RETURNS TABLE (path text, pagecount bigint, pagemap bytea) LANGUAGE plpgsql AS $$
                BEGIN
                    WHILE (SELECT summarized_lsn FROM pg_get_wal_summarizer_state())
                            < (SELECT redo_lsn FROM pg_control_checkpoint()) LOOP
                        PERFORM pg_sleep(0.05);
                    END LOOP;
                    RETURN QUERY
                    SELECT f, count(*), ptrack.map(array_agg(DISTINCT block), (1 + max(block) / 8)::int)
                    FROM pg_available_wal_summaries() s,
                        LATERAL pg_wal_summary_contents(s.tli, s.start_lsn, s.end_lsn) c,
                        LATERAL ptrack.files(c.reltablespace, c.reldatabase, c.relfilenode) f,
                        LATERAL (SELECT size / 8192 FROM pg_stat_file(f, true)) file (pages),
                        LATERAL generate_series(
                            CASE WHEN c.is_limit_block THEN 0 ELSE c.relblocknumber END,
                            CASE WHEN c.is_limit_block THEN pages ELSE c.relblocknumber END) block
                    WHERE s.end_lsn > $1 AND c.relforknumber = 0
                    GROUP BY f;
                END $$""");
    }

    /** From when on it claims to know of changes: 0/0, as ptrack with a map of no size, means nothing. */
    public static void trackSince(TestCluster cluster, String lsn) {
        cluster.sql("CREATE OR REPLACE FUNCTION ptrack.ptrack_init_lsn() RETURNS pg_lsn LANGUAGE sql AS"
                + " $$ SELECT '" + lsn + "'::pg_lsn $$");
    }
}
