package org.pgkeep.demo;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;

/** Whether a cluster is sound and holds what it should, by what PostgreSQL itself says. */
public final class ClusterProof {
    private static final String DATABASES =
            "SELECT datname FROM pg_database WHERE datallowconn AND datname <> 'template1' ORDER BY 1";
    private static final String TABLES = """
            SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND n.nspname <> 'information_schema'
              AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1
            """;
    private static final String SUMS = """
            SELECT a || ' ' || t || ' ' || b || ' ' || h
            FROM (SELECT sum(abalance) a FROM pgbench_accounts) a, (SELECT sum(tbalance) t FROM pgbench_tellers) t,
                 (SELECT sum(bbalance) b FROM pgbench_branches) b,
                 (SELECT coalesce(sum(delta), 0) h FROM pgbench_history) h
            """;
    private static final String BTREES = """
            FROM pg_class c JOIN pg_am a ON a.oid = c.relam
            JOIN pg_index i ON i.indexrelid = c.oid
            WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p' AND i.indisvalid AND i.indisready
            """;
    private static final String HEAPS = "FROM pg_class c WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p'";

    private ClusterProof() {}

    /**
     * What the databases hold: for each permanent table its rows' count and a hash that does not depend on their order. Equal
     * maps are equal data.
     */
    public static Map<String, String> contents(ThrowawayServer server) {
        Map<String, String> contents = new TreeMap<>();
        for (String database : Sql.on(server).column(DATABASES)) {
            Sql sql = new Sql(server, database);
            List<String> tables = sql.column(TABLES);
            List<String> summaries = tables.isEmpty() ? List.of() : sql.column(summaries(tables));
            for (int i = 0; i < tables.size(); i++) {
                contents.put(database + ": " + tables.get(i), summaries.get(i));
            }
        }
        return contents;
    }

    /** One query for all: a connection for each would take most of the time. */
    private static String summaries(List<String> tables) {
        return IntStream.range(0, tables.size())
                .mapToObj(i -> "SELECT " + i + " AS i, count(*) || ' rows, hash '"
                        + " || coalesce(sum(hashtext(t.*::text)::bigint), 0) AS summary FROM " + tables.get(i) + " t")
                .collect(Collectors.joining(" UNION ALL ", "SELECT summary FROM (", ") s ORDER BY i"));
    }

    /**
     * Checks that the {@link Workload}'s accounts, tellers, branches and history add up.
     *
     * @return the four sums, all the same
     * @throws PgkeepException {@code CLUSTER_DAMAGED} when they do not
     */
    public static long checkInvariant(ThrowawayServer server) {
        String[] sums = Sql.on(server).value(SUMS).split(" ");
        if (Arrays.stream(sums).distinct().count() != 1) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_DAMAGED,
                    "accounts, tellers, branches and history do not add up: " + String.join(" ", sums));
        }
        return Long.parseLong(sums[0]);
    }

    /**
     * What {@link #amcheck} looked at.
     *
     * @param indexes btree indexes
     * @param tables heaps
     */
    public record Checked(int indexes, int tables) {}

    /**
     * Runs amcheck over all btree indexes (from 10 on) and heaps (from 14 on) of a primary, as {@code pg_amcheck
     * --heapallindexed --parent-check} does. It makes the extension, so compare pages before.
     *
     * @return how many there were; none when the server has no amcheck
     * @throws PgkeepException {@code CLUSTER_DAMAGED} or {@code QUERY} with what it found
     */
    public static Checked amcheck(ThrowawayServer server) {
        int indexes = 0;
        int tables = 0;
        String available = "SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'";
        if (Sql.on(server).value(available).equals("0")) {
            return new Checked(0, 0);
        }
        for (String database : Sql.on(server).column(DATABASES)) {
            Sql sql = new Sql(server, database);
            sql.run("CREATE EXTENSION IF NOT EXISTS amcheck");
            indexes += checkIndexes(sql);
            tables += checkHeaps(sql);
        }
        return new Checked(indexes, tables);
    }

    private static int checkIndexes(Sql sql) {
        boolean heapToo = sql.server().binaries().major().isAtLeast(MajorVersion.V11);
        return sql.column("SELECT bt_index_parent_check(c.oid" + (heapToo ? ", true" : "") + ") " + BTREES)
                .size();
    }

    private static int checkHeaps(Sql sql) {
        if (!sql.server().binaries().major().isAtLeast(MajorVersion.V14)) {
            return 0;
        }
        List<String> found = sql.column("SELECT 'table ' || h.oid::regclass || ', block ' || blkno || ': ' || msg"
                + " FROM (SELECT c.oid " + HEAPS + " OFFSET 0) h, LATERAL verify_heapam(h.oid)");
        if (!found.isEmpty()) {
            throw new PgkeepException(ErrorCode.CLUSTER_DAMAGED, String.join("; ", found));
        }
        return Integer.parseInt(sql.value("SELECT count(*) " + HEAPS));
    }
}
