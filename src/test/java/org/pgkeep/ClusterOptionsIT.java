package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** What single options and refusals mean for a real cluster; one cluster for all, and each test mends what it breaks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClusterOptionsIT {
    private BackedUpCluster source;
    private TestCluster cluster;

    @BeforeAll
    void setUp() {
        source = BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm();
        cluster = source.cluster();
        cluster.sql("CREATE TABLE marker (id int)");
    }

    @AfterAll
    void close() {
        source.close();
    }

    @Test
    void withoutArchivingABackupFailsBeforeItCopiesAndGoesOnWhereThatIsWanted() {
        String command = cluster.query("SHOW archive_command");
        archiveBy("false archive-push --cluster main %p");
        List<String> before = source.labels();
        source.fails(
                ErrorCode.ARCHIVING.exitStatus(), "did not reach the repository", "backup", "--archive-timeout", "2s");
        assertThat(source.labels()).isEqualTo(before);
        assertThat(cluster.query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgkeep%'"))
                .isEqualTo("0");

        ProgramRun run = source.succeeds("backup", "--no-archive-check");
        assertThat(run.err()).contains("not checked: the backup needs WAL from");
        String label = source.labels().getLast();
        archiveBy(command);
        cluster.sql("INSERT INTO marker VALUES (-1)");
        source.archiveEverything();
        Map<String, String> contents = Oracle.contents(cluster.server());
        Path restored = source.restore("unchecked", "--backup", label);
        assertThat(contentsOf(restored)).isEqualTo(contents);
    }

    private void archiveBy(String command) {
        cluster.sql(
                "ALTER SYSTEM SET archive_command = '" + command.replace("'", "''") + "'", "SELECT pg_reload_conf()");
    }

    private Map<String, String> contentsOf(Path restored) {
        ThrowawayServer server = source.startRestored(restored);
        try {
            return Oracle.contents(server);
        } finally {
            server.stop(ThrowawayServer.Shutdown.FAST);
        }
    }

    @Test
    void whatIsExcludedIsNotBackedUp() throws IOException {
        Path notes = cluster.server().runAs().createDirectory(cluster.data().resolve("notes"));
        Files.writeString(notes.resolve("monday"), "nobody needs it");
        Files.writeString(cluster.data().resolve("huge.dump"), "nobody needs it either");
        cluster.server().runAs().own(cluster.data());
        source.succeeds("backup", "--exclude", "notes/", "--exclude", "huge.dump");
        source.archiveEverything();
        Path restored = source.restore("excluded", "--backup", source.labels().getLast());
        assertThat(restored.resolve("notes")).isEmptyDirectory();
        assertThat(restored.resolve("huge.dump")).doesNotExist();
        assertThat(restored.resolve("PG_VERSION")).exists();
    }

    @Test
    void linksStayLinksWhereThatIsWanted() throws IOException {
        Path outside = cluster.directory("outside");
        Files.writeString(outside.resolve("included.conf"), "# from outside");
        Files.createSymbolicLink(cluster.data().resolve("conf.d"), outside);
        cluster.server().runAs().own(outside);
        source.succeeds("backup");
        source.archiveEverything();
        Path aside = Files.move(outside, cluster.beside("aside"));
        Path restored = source.restore("linked", "--backup", source.labels().getLast(), "--link-all");
        assertThat(Files.readSymbolicLink(restored.resolve("conf.d"))).isEqualTo(outside);
        assertThat(outside.resolve("included.conf")).hasSameBinaryContentAs(aside.resolve("included.conf"));
        Files.delete(cluster.data().resolve("conf.d"));
    }

    @Test
    void recoveryStopsJustBeforeOrJustAfterTheTarget() {
        source.succeeds("backup");
        String xid = cluster.query("INSERT INTO marker VALUES (7) RETURNING txid_current()");
        cluster.sql("INSERT INTO marker VALUES (8)");
        source.archiveEverything();
        assertThat(markersAt("inclusive", "--target-xid", xid)).isEqualTo("7");
        assertThat(markersAt("exclusive", "--target-xid", xid, "--target-exclusive"))
                .isEqualTo("none");
        source.fails(
                ErrorCode.USAGE.exitStatus(),
                "--target-exclusive means nothing for this target",
                "restore",
                "-D",
                cluster.beside("nothing").toString(),
                "--target",
                "immediate",
                "--target-exclusive");
    }

    /** Which of 7 and 8 a restored cluster has. */
    private String markersAt(String name, String... target) {
        List<String> arguments = new ArrayList<>(List.of(target));
        arguments.addAll(List.of("--target-action", "promote"));
        ThrowawayServer server = source.startRestored(source.restore(name, arguments.toArray(String[]::new)));
        try {
            return Sql.on(server)
                    .value("SELECT coalesce(string_agg(id::text, ' '), 'none') FROM marker WHERE id IN (7, 8)");
        } finally {
            server.stop(ThrowawayServer.Shutdown.FAST);
        }
    }

    @Test
    void aRepositoryThatMayNotBeWrittenIsNamedAndKeepsWhatItHas() throws IOException {
        source.succeeds("backup");
        List<String> before = source.labels();
        Path backups = source.repository().resolve("clusters/main/backups");
        Set<PosixFilePermission> writable = Files.getPosixFilePermissions(backups);
        Files.setPosixFilePermissions(backups, PosixFilePermissions.fromString("r-xr-x---"));
        try {
            source.fails(ErrorCode.PERMISSION.exitStatus(), backups.toString(), "backup");
        } finally {
            Files.setPosixFilePermissions(backups, writable);
        }
        assertThat(source.labels()).isEqualTo(before);
        source.succeeds("backup");
        source.succeeds("verify");
    }

    @Test
    void rootMustNotWriteIntoTheServersRepository() throws IOException {
        assumeTrue(cluster.server().runAs().other().isPresent(), "the tests do not run as root");
        List<String> before = everything();
        for (String command : List.of(
                "init", "backup", "archive-push", "expire", "compact", "stop", "start", "receive-wal", "forget")) {
            ProgramRun run = ProgramRun.of(
                    List.of(
                            Pgkeep.launcher(),
                            command,
                            "--config",
                            source.configuration().toString()),
                    cluster.base(),
                    Map.of(),
                    Duration.ofMinutes(10));
            assertThat(run.exitStatus()).as(run.err()).isEqualTo(ErrorCode.PERMISSION.exitStatus());
            assertThat(run.err())
                    .contains("root must not write into the repository")
                    .contains("sudo -u");
        }
        ProgramRun verify = ProgramRun.of(
                List.of(
                        Pgkeep.launcher(),
                        "verify",
                        "--config",
                        source.configuration().toString()),
                cluster.base(),
                Map.of(),
                Duration.ofMinutes(10));
        assertThat(verify.exitStatus()).as(verify.err()).isZero();
        assertThat(verify.err()).contains("what is found is not noted");
        assertThat(everything()).isEqualTo(before);
    }

    private List<String> everything() throws IOException {
        try (Stream<Path> files = Files.walk(source.repository())) {
            return files.map(Path::toString).sorted().toList();
        }
    }
}
