package org.pgkeep.harness;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.postgres.MajorVersion;

/**
 * Changes a cluster at random, the same way for the same seed: rows, tables, indexes of every kind, tablespaces, databases,
 * whatever moves pages, and now and then a crash. What it did is told, so that a failure can be read.
 */
public final class RandomChanges {
    private static final List<String> INDEX_KINDS =
            List.of("btree (id)", "hash (id)", "gin (words)", "gist (place)", "spgist (place)", "brin (id)");

    private final TestCluster cluster;
    private final Random random;
    private final List<String> story = new ArrayList<>();
    private final List<String> tables = new ArrayList<>();
    private final List<String> databases = new ArrayList<>();
    private int names;

    /** Changes to come; the tablespace {@code other} is made. */
    public RandomChanges(TestCluster cluster, long seed) {
        this.cluster = cluster;
        this.random = new Random(seed);
        Path location = cluster.directory("other");
        run("CREATE TABLESPACE other LOCATION '" + location + "'");
        for (int i = 0; i < 4; i++) {
            createTable();
        }
    }

    /** What was done so far, a statement a line. */
    public List<String> story() {
        return story;
    }

    /** Does so many things. */
    public void change(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    private void step() {
        switch (random.nextInt(26)) {
            case 0, 1 -> createTable();
            case 2, 3, 4 -> run("INSERT INTO " + table() + rows(1 + random.nextInt(3000)));
            case 5, 6, 7 ->
                run("UPDATE " + table() + " SET text = text || 'x' WHERE id % " + (1 + random.nextInt(40)) + " = 0");
            case 8, 9 -> run("DELETE FROM " + table() + " WHERE id % " + (2 + random.nextInt(9)) + " = 1");
            case 10 -> run("TRUNCATE " + table());
            case 11 -> dropTable();
            case 12 -> run("VACUUM " + table());
            case 13 -> run("VACUUM FULL " + table());
            case 14 -> run("VACUUM FREEZE " + table());
            case 15 -> run("CREATE INDEX ON " + table() + " USING " + any(INDEX_KINDS));
            case 16 -> run("REINDEX TABLE " + table());
            case 17 ->
                run("ALTER TABLE " + table() + " SET TABLESPACE " + (random.nextBoolean() ? "other" : "pg_default"));
            case 18 -> run("ALTER TABLE " + table() + " SET " + (random.nextBoolean() ? "UNLOGGED" : "LOGGED"));
            case 19 -> createDatabase();
            case 20 -> dropDatabase();
            case 21 -> rolledBack();
            case 22 -> run("CHECKPOINT");
            case 23 -> run("DELETE FROM " + table() + " WHERE id > 500", "VACUUM " + table());
            case 24 -> hintBits();
            default -> crash();
        }
    }

    private static String rows(int count) {
        return " SELECT i, repeat(md5(i::text), 4), string_to_array(md5(i::text), 'a'), point(i, i % 7)"
                + " FROM generate_series(1, " + count + ") i";
    }

    private void createTable() {
        String name = "t" + names++;
        run(
                "CREATE TABLE " + name + " (id int, text text, words text[], place point)"
                        + (random.nextInt(4) == 0 ? " TABLESPACE other" : ""),
                "INSERT INTO " + name + rows(1 + random.nextInt(4000)));
        tables.add(name);
    }

    private void dropTable() {
        if (tables.size() > 2) {
            String name = table();
            run("DROP TABLE " + name);
            tables.remove(name);
        }
    }

    private void createDatabase() {
        String name = "d" + names++;
        boolean strategies = cluster.server().binaries().major().isAtLeast(MajorVersion.V15);
        String strategy = random.nextBoolean() ? " STRATEGY file_copy" : " STRATEGY wal_log";
        run("CREATE DATABASE " + name + (strategies ? strategy : "")
                + (random.nextInt(3) == 0 ? " TABLESPACE other" : ""));
        databases.add(name);
        if (random.nextBoolean()) {
            story.add("in " + name + ": CREATE TABLE inside");
            try (Connection connection = cluster.server().connect(name);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE inside AS SELECT i FROM generate_series(1, 5000) i");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void dropDatabase() {
        if (!databases.isEmpty()) {
            run("DROP DATABASE " + databases.remove(random.nextInt(databases.size())));
        }
    }

    private void rolledBack() {
        String name = table();
        story.add("BEGIN; TRUNCATE " + name + "; INSERT; ROLLBACK");
        try (Connection connection = cluster.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("TRUNCATE " + name);
            statement.execute("INSERT INTO " + name + rows(2000));
            statement.execute("CREATE TABLE never AS SELECT * FROM " + name);
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void hintBits() {
        run("UPDATE " + table() + " SET id = id WHERE id % 50 = 0", "CHECKPOINT", "SELECT count(*) FROM " + table());
    }

    private void crash() {
        story.add("crash");
        run("INSERT INTO " + table() + rows(500));
        cluster.server().stop(ThrowawayServer.Shutdown.IMMEDIATE);
        cluster.server().start();
        if (!cluster.server().binaries().major().isAtLeast(MajorVersion.V10)) {
            // Before 10 hash indexes are not in the WAL: the manual says to rebuild them.
            tables.forEach(table -> run("REINDEX TABLE " + table));
        }
    }

    private String table() {
        return any(tables);
    }

    private String any(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void run(String... statements) {
        story.addAll(List.of(statements));
        Sql.on(cluster.server()).run(statements);
    }
}
