package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** Tablespaces of every kind: elsewhere, inside the data directory, and without a link at all. */
final class TablespaceIT {
    @Test
    void tablespacesAreMovedByNameAndAllAtOnce() {
        try (BackedUpCluster source = cluster(Servers.newest())) {
            TestCluster cluster = source.cluster();
            Path odd = cluster.directory("a \"space\"");
            Path second = cluster.directory("second");
            cluster.sql(
                    "CREATE TABLESPACE odd LOCATION '" + odd + "'",
                    "CREATE TABLESPACE second LOCATION '" + second + "'",
                    "CREATE TABLE one TABLESPACE odd AS SELECT i FROM generate_series(1, 1000) i",
                    "CREATE TABLE two TABLESPACE second AS SELECT i FROM generate_series(1, 1000) i");
            source.succeeds("backup");
            source.archiveEverything();
            Map<String, String> contents = Oracle.contents(cluster.server());

            // The source still lies where the tablespaces were.
            ProgramRun refused =
                    source.run("restore", "-D", cluster.beside("refused").toString());
            assertThat(refused.exitStatus()).isEqualTo(ErrorCode.PATH_NOT_EMPTY.exitStatus());
            Path byName = source.restore(
                    "by-name",
                    "--tablespace-map",
                    "odd=" + cluster.beside("moved odd"),
                    "--tablespace-map",
                    second + "=" + cluster.beside("moved-second"));
            assertThat(Oracle.contents(source.startRestored(byName))).isEqualTo(contents);
            Path all = source.restore(
                    "all", "--tablespace-map-all", cluster.beside("everything").toString());
            assertThat(Oracle.contents(source.startRestored(all))).isEqualTo(contents);
        }
    }

    /** PostgreSQL 15 and later can keep a tablespace as a plain directory in {@code pg_tblspc}. */
    @ParameterizedTest
    @ValueSource(strings = {"15", "18"})
    void anInPlaceTablespaceStaysInPlace(String major) {
        // For the server, not for a session: recovery asks, too, and panics without it.
        TestCluster cluster = TestCluster.create(major).with("allow_in_place_tablespaces", "on");
        try (BackedUpCluster source = BackedUpCluster.setUp(cluster).warm()) {
            cluster.sql(
                    "CREATE TABLESPACE plain LOCATION ''",
                    "CREATE TABLE one TABLESPACE plain AS SELECT i FROM generate_series(1, 1000) i");
            String oid = cluster.query("SELECT oid FROM pg_tablespace WHERE spcname = 'plain'");
            source.succeeds("backup");
            cluster.sql("INSERT INTO one VALUES (0)");
            source.archiveEverything();

            Path restored = source.restore("restored");
            assertThat(Files.isDirectory(restored.resolve("pg_tblspc").resolve(oid), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
            assertSame(source, restored);
        }
    }

    /** The server only warns of it. Its location is a path like any other: where the source still is, it must be moved. */
    @Test
    void aTablespaceInsideTheDataDirectoryIsBackedUpOnceAndMovedWithIt() {
        try (BackedUpCluster source = cluster(Servers.newest())) {
            TestCluster cluster = source.cluster();
            Path inside =
                    cluster.server().runAs().createDirectory(cluster.data().resolve("inside"));
            cluster.sql(
                    "CREATE TABLESPACE inside LOCATION '" + inside + "'",
                    "CREATE TABLE one TABLESPACE inside AS SELECT i FROM generate_series(1, 1000) i");
            String file = cluster.query("SELECT pg_relation_filepath('one')");
            source.succeeds("backup");
            cluster.sql("INSERT INTO one VALUES (0)");
            source.archiveEverything();

            Path target = cluster.beside("restored");
            source.fails(ErrorCode.PATH_NOT_EMPTY.exitStatus(), inside.toString(), "restore", "-D", target.toString());
            Path restored = source.restore("restored", "--tablespace-map", "inside=" + target.resolve("inside"));
            assertThat(restored.resolve(file)).exists();
            assertThat(restored.resolve("inside")).isNotEmptyDirectory();
            assertSame(source, restored);
        }
    }

    private static void assertSame(BackedUpCluster source, Path restored) {
        Map<String, String> contents = Oracle.contents(source.cluster().server());
        var server = source.startRestored(restored);
        assertThat(Oracle.contents(server)).isEqualTo(contents);
        Oracle.amcheck(server);
    }

    private static BackedUpCluster cluster(String major) {
        return BackedUpCluster.setUp(TestCluster.create(major)).warm();
    }
}
