package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Chains;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.postgres.MajorVersion;

/**
 * What happens to relations and databases besides rows that change: each kind of change has a table or a database that is named after it,
 * and every way finds all of them. All kinds at once on one server, so that it is cheap.
 */
final class KindsOfChangeIT {
    /**
     * A kind of change to a table of 3000 rows.
     *
     * @param before what happens before the full backup
     * @param after what happens after it
     */
    private record Kind(String table, List<String> before, List<String> after) {
        static Kind of(String table, String... after) {
            return new Kind(table, List.of(), List.of(after));
        }

        Kind once(String... statements) {
            return new Kind(table, List.of(statements), after);
        }
    }

    private static final List<Kind> KINDS = List.of(
            Kind.of("updated", "UPDATE updated SET text = text || 'x' WHERE id % 100 = 0"),
            Kind.of("untouched"),
            Kind.of("truncated", "TRUNCATE truncated", "INSERT INTO truncated VALUES (1, 'after')"),
            Kind.of("cut", "DELETE FROM cut WHERE id > 100", "VACUUM cut"),
            Kind.of(
                    "cut_and_regrown",
                    "DELETE FROM cut_and_regrown WHERE id > 100",
                    "VACUUM cut_and_regrown",
                    "INSERT INTO cut_and_regrown SELECT i, md5((-i)::text) FROM generate_series(101, 3000) i"),
            Kind.of("rewritten", "DELETE FROM rewritten WHERE id % 2 = 0", "VACUUM FULL rewritten"),
            Kind.of("clustered", "CLUSTER clustered USING by_text").once("CREATE INDEX by_text ON clustered (text)"),
            Kind.of("moved", "ALTER TABLE moved SET TABLESPACE other"),
            Kind.of(
                    "moved_back",
                    "ALTER TABLE moved_back SET TABLESPACE other",
                    "UPDATE moved_back SET text = text || 'x' WHERE id % 100 = 0",
                    "ALTER TABLE moved_back SET TABLESPACE pg_default"),
            Kind.of("made_unlogged", "ALTER TABLE made_unlogged SET UNLOGGED"),
            Kind.of("made_logged", "ALTER TABLE made_logged SET LOGGED").once("ALTER TABLE made_logged SET UNLOGGED"),
            Kind.of(
                    "unlogged_and_back",
                    "ALTER TABLE unlogged_and_back SET UNLOGGED",
                    "UPDATE unlogged_and_back SET text = text || 'x' WHERE id % 100 = 0",
                    "ALTER TABLE unlogged_and_back SET LOGGED"),
            Kind.of("seen_by_all", "VACUUM seen_by_all"),
            Kind.of("frozen", "VACUUM FREEZE frozen"),
            Kind.of("indexed", "CREATE INDEX ON indexed (text)"),
            Kind.of("reindexed", "REINDEX TABLE reindexed").once("CREATE INDEX ON reindexed (text)"),
            Kind.of("dropped", "DROP TABLE dropped"),
            Kind.of(
                    "dropped_and_made_again",
                    "DROP TABLE dropped_and_made_again",
                    "CREATE TABLE dropped_and_made_again AS SELECT 1 AS id, 'after' AS text"),
            // Relations whose files are found by pg_filenode.map: of one database, and of all.
            Kind.of("catalogs_rewritten", "VACUUM FULL pg_class", "VACUUM FULL pg_database"));

    static Stream<String> majors() {
        return Servers.matrix().filter(List.of("9.6", "18")::contains);
    }

    @ParameterizedTest
    @MethodSource("majors")
    void everyWayFindsEveryKind(String major) {
        TestCluster cluster = Chains.prepare(TestCluster.create(major));
        try (BackedUpCluster source = BackedUpCluster.setUp(cluster).warm()) {
            cluster.sql("CREATE TABLESPACE other LOCATION '" + cluster.directory("other") + "'");
            KINDS.forEach(kind -> {
                fill(cluster, "postgres", kind.table);
                cluster.sql(kind.before.toArray(String[]::new));
            });
            Databases databases = new Databases(cluster);
            databases.before();
            Chains chains = Chains.begin(source);

            KINDS.forEach(kind -> cluster.sql(kind.after.toArray(String[]::new)));
            databases.after();
            // What a query would prune or mark later is done now; nothing moves from here on.
            cluster.sql("VACUUM", "CHECKPOINT");
            chains.grow();
            chains.assertAllHoldTheSame("all", "every kind");
            Map<String, String> contents = Oracle.contents(cluster.server());
            source.archiveEverything();
            ThrowawayServer server = source.startRestored(chains.restoreOne(0));
            assertThat(Oracle.contents(server)).isEqualTo(contents);
            Oracle.amcheck(server);
        }
    }

    private static void fill(TestCluster cluster, String database, String table) {
        new Sql(cluster.server(), database)
                .run("CREATE TABLE " + table
                        + " AS SELECT i AS id, md5(i::text) AS text FROM generate_series(1, 3000) i");
    }

    /** What happens to databases; a name says what. */
    private static final class Databases {
        /** From 15 on there are two strategies, and a database's number can be chosen. */
        private final boolean chooses;

        private final TestCluster cluster;

        Databases(TestCluster cluster) {
            this.cluster = cluster;
            this.chooses = cluster.server().binaries().major().isAtLeast(MajorVersion.V15);
        }

        private String fileCopy() {
            return chooses ? " STRATEGY file_copy" : "";
        }

        void before() {
            cluster.sql("CREATE DATABASE model");
            fill(cluster, "model", "inside");
            cluster.sql(
                    "CREATE DATABASE other_model TEMPLATE model" + fileCopy(),
                    "CREATE DATABASE removed TEMPLATE model",
                    "CREATE DATABASE moved TEMPLATE model",
                    "CREATE DATABASE hinted");
            // The same files as in the model, with other contents that are older than the full backup.
            in("other_model", "UPDATE inside SET text = text || 'x' WHERE id % 7 = 0", "VACUUM");
            if (chooses) {
                cluster.sql("CREATE DATABASE numbered OID 4000000000 TEMPLATE model STRATEGY file_copy");
            }
            fill(cluster, "hinted", "hinted");
        }

        void after() {
            cluster.sql(
                    "CREATE DATABASE made_by_file_copy TEMPLATE other_model TABLESPACE other" + fileCopy(),
                    "DROP DATABASE removed",
                    "ALTER DATABASE moved SET TABLESPACE other");
            if (chooses) {
                cluster.sql(
                        "CREATE DATABASE made_by_wal_log TEMPLATE other_model STRATEGY wal_log",
                        "DROP DATABASE numbered",
                        "CREATE DATABASE numbered OID 4000000000 TEMPLATE other_model STRATEGY file_copy");
            }
            in("hinted", "SELECT count(*) FROM hinted");
        }

        private void in(String database, String... statements) {
            new Sql(cluster.server(), database).run(statements);
        }
    }

    /** Numbers of relations' files come round again after 2^32 others. {@code pg_upgrade} chooses them, and so can we. */
    @Test
    void aRelationThatGotTheNumberOfADroppedOneIsFound() {
        TestCluster cluster = Chains.prepare(TestCluster.create(Servers.newest()));
        try (BackedUpCluster source = BackedUpCluster.setUp(cluster).warm()) {
            cluster.sql(
                    "CREATE TABLESPACE other LOCATION '" + cluster.directory("other") + "'",
                    "CREATE TABLE one AS SELECT i AS id FROM generate_series(1, 50000) i",
                    "VACUUM");
            String number = cluster.query("SELECT pg_relation_filenode('one')");
            Chains chains = Chains.begin(source);
            // The checkpoint removes the file.
            cluster.sql("DROP TABLE one", "CHECKPOINT");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            startForUpgrade(cluster.server());
            cluster.sql("SELECT binary_upgrade_set_next_heap_relfilenode(" + number + "),"
                    + " binary_upgrade_set_next_heap_pg_class_oid(4000000001),"
                    + " binary_upgrade_set_next_pg_type_oid(4000000002),"
                    + " binary_upgrade_set_next_array_pg_type_oid(4000000003);"
                    + " CREATE TABLE another (id int)");
            cluster.server().restart();
            assertThat(cluster.query("SELECT pg_relation_filenode('another')")).isEqualTo(number);
            cluster.sql("INSERT INTO another SELECT -i FROM generate_series(1, 30000) i", "VACUUM", "CHECKPOINT");
            chains.grow();
            chains.assertAllHoldTheSame("again", "a relation got the number of a dropped one");
        }
    }

    private static void startForUpgrade(ThrowawayServer server) {
        String options = "-b -k " + server.socketDirectory() + " -p " + server.port() + " -h ''";
        List<String> command = List.of(
                server.binaries().program("pg_ctl"),
                "-D",
                server.dataDirectory().toString(),
                "-w",
                "-l",
                server.log().toString(),
                "-o",
                options,
                "start");
        ProgramRun.of(server.runAs().command(command), server.socketDirectory(), Map.of(), Duration.ofMinutes(2))
                .orThrow();
    }
}
