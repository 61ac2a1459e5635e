package org.pgkeep.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.postgres.MajorVersion;

/** Says whether a restored cluster is right, by means that are not pgkeep's own. */
public final class Oracle {
    private static final String TABLES = """
            SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND n.nspname <> 'information_schema'
              AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1
            """;
    private static final String DATABASES = "SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1";
    private static final String BTREES = """
            SELECT c.oid::regclass::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam
            JOIN pg_index i ON i.indexrelid = c.oid
            WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p' AND i.indisvalid AND i.indisready
            """;
    private static final String HEAPS =
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p'";

    private Oracle() {}

    /**
     * What the databases hold: for each permanent table its rows' count and a hash that does not depend on their order. Equal
     * maps are equal data.
     */
    public static Map<String, String> contents(ThrowawayServer server) {
        Map<String, String> contents = new TreeMap<>();
        for (String database : column(server, "postgres", DATABASES)) {
            for (String table : column(server, database, TABLES)) {
                String sql = "SELECT count(*) || ' rows, hash ' || coalesce(sum(hashtext(t.*::text)::bigint), 0) FROM "
                        + table + " t";
                contents.put(
                        database + ": " + table, column(server, database, sql).getFirst());
            }
        }
        return contents;
    }

    /**
     * Runs amcheck over all indexes (from 10 on) and heaps (from 14 on) of a primary, as {@code pg_amcheck --heapallindexed
     * --parent-check} does; fails with what it found. It makes the extension, so compare pages before.
     */
    public static void amcheck(ThrowawayServer server) {
        MajorVersion major = server.binaries().major();
        if (!major.isAtLeast(MajorVersion.V10)) {
            return;
        }
        for (String database : column(server, "postgres", DATABASES)) {
            if (database.equals("template1")) {
                continue;
            }
            run(server, database, "CREATE EXTENSION IF NOT EXISTS amcheck");
            String check = major.isAtLeast(MajorVersion.V11)
                    ? "SELECT bt_index_parent_check('%s'::regclass, true)"
                    : "SELECT bt_index_parent_check('%s'::regclass)";
            for (String index : column(server, database, BTREES)) {
                run(server, database, check.formatted(index.replace("'", "''")));
            }
            if (major.isAtLeast(MajorVersion.V14)) {
                heaps(server, database);
            }
        }
    }

    private static void heaps(ThrowawayServer server, String database) {
        for (String heap : column(server, database, HEAPS)) {
            List<String> found = column(
                    server,
                    database,
                    "SELECT blkno || '/' || coalesce(offnum::text, '-') || ': ' || msg FROM verify_heapam('"
                            + heap.replace("'", "''") + "'::regclass)");
            if (!found.isEmpty()) {
                throw new AssertionError("verify_heapam(" + heap + ") in " + database + ": " + found);
            }
        }
    }

    /** Runs PostgreSQL's own {@code pg_verifybackup} over a restored directory that no server ran on yet; fails with its words. */
    public static void verifyBackup(Path restored) {
        VerifyBackup.check(restored);
    }

    /** The whole judgment of a running restored primary: invariant of the workload, amcheck. */
    public static void checkRunning(ThrowawayServer server) {
        Workload.checkInvariant(server);
        amcheck(server);
    }

    /** Whether this machine has {@code pg_verifybackup}. */
    public static boolean canVerifyBackup() {
        return Files.isExecutable(VerifyBackup.PROGRAM);
    }

    private static List<String> column(ThrowawayServer server, String database, String sql) {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new AssertionError("in " + database + ": " + sql, e);
        }
    }

    private static void run(ThrowawayServer server, String database, String sql) {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError("in " + database + ": " + sql, e);
        }
    }
}
