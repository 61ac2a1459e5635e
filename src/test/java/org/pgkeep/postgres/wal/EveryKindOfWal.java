package org.pgkeep.postgres.wal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.pgkeep.demo.Workload;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.postgres.MajorVersion;

/** Makes a server write records of every kind that changes files, and some that are larger than a segment. */
final class EveryKindOfWal {
    private static final List<String> INDEXES =
            List.of("btree (id)", "hash (id)", "gin (words)", "gist (place)", "spgist (place)", "brin (id)");

    private final TestCluster cluster;
    private final boolean twoStrategies;

    private EveryKindOfWal(TestCluster cluster) {
        this.cluster = cluster;
        this.twoStrategies = cluster.server().binaries().major().isAtLeast(MajorVersion.V15);
    }

    /** What a server must be set to, before it starts. */
    static TestCluster configured(TestCluster cluster) {
        boolean keepsSize = cluster.server().binaries().major().isAtLeast(MajorVersion.V13);
        return cluster.with("max_prepared_transactions", "4")
                .with("wal_compression", "on")
                .with("max_wal_size", "4GB")
                .with("checkpoint_timeout", "1h")
                .with(keepsSize ? "wal_keep_size" : "wal_keep_segments", keepsSize ? "4GB" : "256");
    }

    /** Writes it. */
    static void write(TestCluster cluster) {
        EveryKindOfWal wal = new EveryKindOfWal(cluster);
        Workload.load(cluster.server(), 1);
        wal.tables();
        try (Workload load = Workload.start(cluster.server(), 2, 7)) {
            load.awaitMore(300);
            cluster.sql("CHECKPOINT");
            load.awaitMore(300);
            wal.indexes();
            wal.messages();
        }
        wal.vacuum();
        wal.transactions();
        wal.databases();
        wal.rewrites();
        cluster.sql("CHECKPOINT");
    }

    private static String rows(int count) {
        return " SELECT i, repeat(md5(i::text), 4), string_to_array(md5(i::text), 'a'), point(i % 97, i)"
                + " FROM generate_series(1, " + count + ") i";
    }

    private void tables() {
        Path other = cluster.directory("other-" + new Random().nextInt(1000));
        cluster.sql(
                "CREATE TABLESPACE other LOCATION '" + other + "'",
                "CREATE TABLE things (id int, text text, words text[], place point)",
                "CREATE TABLE elsewhere (id int, text text, words text[], place point) TABLESPACE other",
                "INSERT INTO things" + rows(8000),
                "INSERT INTO elsewhere" + rows(2000),
                "CREATE SEQUENCE numbers",
                "SELECT count(nextval('numbers')) FROM generate_series(1, 500)");
    }

    private void indexes() {
        for (String index : INDEXES) {
            cluster.sql("CREATE INDEX ON things USING " + index);
        }
        cluster.sql(
                "INSERT INTO things" + rows(6000),
                "UPDATE things SET id = id + 1 WHERE id % 7 = 0",
                "DELETE FROM things WHERE id % 5 = 0");
    }

    /** 60 MB: a record that is larger than three segments. */
    private void messages() {
        cluster.sql(
                "SELECT pg_logical_emit_message(false, 'large', repeat('x', 60 * 1000 * 1000))",
                "SELECT pg_logical_emit_message(true, 'small', 'y')");
    }

    private void vacuum() {
        cluster.sql(
                "VACUUM things",
                "DELETE FROM things WHERE id > 3000",
                "VACUUM things",
                "VACUUM FREEZE things",
                "DELETE FROM elsewhere",
                "VACUUM elsewhere",
                "VACUUM pgbench_history");
    }

    private void transactions() {
        cluster.sql("CREATE TABLE gone (id int)", "CREATE TABLE spared (id int)");
        together("BEGIN", "CREATE TABLE prepared AS SELECT 1 AS i", "DROP TABLE gone", "PREPARE TRANSACTION 'one'");
        together("COMMIT PREPARED 'one'");
        together("BEGIN", "CREATE TABLE never AS SELECT 1 AS i", "DROP TABLE spared", "PREPARE TRANSACTION 'two'");
        together("ROLLBACK PREPARED 'two'");
        together("BEGIN", "CREATE TABLE never AS SELECT * FROM things", "TRUNCATE things", "ROLLBACK");
        List<String> many = new ArrayList<>(List.of("BEGIN"));
        for (int i = 0; i < 150; i++) {
            many.add("SAVEPOINT s" + i);
            many.add("CREATE TABLE many" + i + " (id int PRIMARY KEY, text text)");
        }
        many.add("COMMIT");
        together(many.toArray(String[]::new));
        together("DO $$ BEGIN FOR i IN 0..149 LOOP EXECUTE 'DROP TABLE many' || i; END LOOP; END $$");
    }

    /** All in one session. */
    private void together(String... statements) {
        try (Connection connection = cluster.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void databases() {
        if (twoStrategies) {
            cluster.sql("CREATE DATABASE copied STRATEGY file_copy", "CREATE DATABASE logged STRATEGY wal_log");
        } else {
            cluster.sql("CREATE DATABASE copied", "CREATE DATABASE logged");
        }
        cluster.sql(
                "CREATE DATABASE third TABLESPACE other",
                "ALTER DATABASE copied SET TABLESPACE other",
                "DROP DATABASE copied",
                "DROP DATABASE logged");
    }

    private void rewrites() {
        cluster.sql(
                "VACUUM FULL things",
                "CLUSTER things USING things_id_idx",
                "ALTER TABLE things SET TABLESPACE other",
                "ALTER TABLE things SET UNLOGGED",
                "ALTER TABLE things SET LOGGED",
                "REINDEX TABLE things",
                "TRUNCATE elsewhere",
                "VACUUM FULL pg_class",
                "DROP TABLE elsewhere");
    }
}
