package org.pgkeep.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.PageComparison;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.progress.Progress;

/** Against real servers of every version. */
class ServerSessionIT {
    private static final String MATRIX = "org.pgkeep.harness.Servers#matrix";
    private static final long SEED = 20261121;

    /** One running server per version: a start costs more than what is asked here. */
    private static final Map<String, TestCluster> RUNNING = new HashMap<>();

    private static TestCluster running(String major) {
        return RUNNING.computeIfAbsent(major, TestCluster::started);
    }

    @AfterAll
    static void closeAll() {
        RUNNING.values().forEach(TestCluster::close);
    }

    @ParameterizedTest
    @MethodSource(MATRIX)
    void aServerIsAskedWhatItIsAndPutIntoBackupModeUnderLoad(String major) {
        TestCluster cluster = running(major);
        Path tablespace = cluster.directory("space with \"quote");
        cluster.sql("CREATE TABLESPACE odd LOCATION '" + tablespace + "'");
        Workload.load(cluster.server(), 1);
        try (Workload workload = Workload.start(cluster.server(), 2, SEED);
                ServerSession session = cluster.session("postgres")) {
            checkFacts(major, cluster, tablespace, session.facts());
            BackupStart start = session.startBackup("pgkeep 'test'", true);
            workload.awaitMore(50);
            session.checkAlive(start);
            BackupStop stop = session.stopBackup();

            assertThat(start.lsn()).isLessThan(stop.lsn());
            assertThat(start.timeline()).isEqualTo(1);
            assertThat(start.onStandby()).isFalse();
            assertThat(stop.backupLabel())
                    .contains("START WAL LOCATION: " + start.lsn())
                    .contains("LABEL: pgkeep 'test'");
            assertThat(stop.tablespaceMap())
                    .hasValueSatisfying(map -> assertThat(map).contains(tablespace.toString()));
        }
        Oracle.checkRunning(cluster.server());
    }

    private static void checkFacts(String major, TestCluster cluster, Path tablespace, ServerFacts facts) {
        assertThat(facts.version().major()).isEqualTo(major);
        assertThat(facts.version().toString())
                .isEqualTo(cluster.server().binaries().version());
        assertThat(facts.systemIdentifier()).isNotZero();
        assertThat(facts.dataDirectory()).contains(cluster.data());
        assertThat(facts.inRecovery()).isFalse();
        assertThat(facts.timeline()).isEqualTo(1);
        assertThat(facts.walSegmentBytes()).isEqualTo(16 << 20);
        assertThat(facts.blockBytes()).isEqualTo(8192);
        assertThat(facts.hasChecksums()).isTrue();
        assertThat(facts.archiveMode()).isEqualTo("off");
        assertThat(facts.archiveCommand()).isEmpty();
        assertThat(facts.walLevel()).isEqualTo("replica");
        assertThat(facts.fullPageWrites()).isTrue();
        assertThat(facts.externalConfigurationFiles()).isEmpty();
        assertThat(facts.tablespaces()).singleElement().satisfies(space -> {
            assertThat(space.name()).isEqualTo("odd");
            assertThat(space.location()).isEqualTo(tablespace.toString());
            assertThat(space.isInPlace()).isFalse();
        });
        assertThat(facts.databases())
                .extracting(ServerFacts.Database::name)
                .contains("template0", "template1", "postgres");
    }

    @ParameterizedTest
    @MethodSource(MATRIX)
    void walIsSwitchedAndSettingsAreChanged(String major) {
        TestCluster cluster = running(major);
        try (ServerSession session = cluster.session("postgres")) {
            Lsn before = session.currentLsn();
            Lsn point = session.createRestorePoint("here");
            Lsn switched = session.switchWal();
            assertThat(before).isLessThan(point);
            assertThat(point).isLessThanOrEqualTo(switched);
            assertThat(session.currentLsn().value() % (16 << 20)).isLessThan(8192);

            session.alterSystem("archive_command", "echo 'it''s %p' > /dev/null");
            session.alterSystem("archive_mode", "on");
            session.alterSystem("checkpoint_timeout", "601");
            session.reload();
            assertThat(session.awaitSetting("checkpoint_timeout", "601", Duration.ofSeconds(20)))
                    .isTrue();
            assertThat(session.pendingRestart("archive_mode")).isTrue();
            assertThat(session.pendingRestart("checkpoint_timeout")).isFalse();
            assertThat(session.archiverStatus().isFailing()).isFalse();
            assertThat(session.archiveQueue()).hasValue(new ArchiveQueue(0, Optional.empty()));
        }
    }

    @ParameterizedTest
    @MethodSource(MATRIX)
    void aRoleWithTheDocumentedGrantsTakesABackup(String major) {
        TestCluster cluster = running(major);
        cluster.sql("CREATE ROLE pgkeep LOGIN");
        MajorVersion version = cluster.server().binaries().major();
        try (ServerSession session = cluster.session("pgkeep")) {
            assertThatThrownBy(() -> session.startBackup("refused", true))
                    .isInstanceOfSatisfying(PgkeepException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.QUERY);
                        assertThat(e.hint())
                                .hasValueSatisfying(hint -> assertThat(hint).contains("GRANT EXECUTE ON FUNCTION"));
                    });
            assertThat(session.facts().dataDirectory()).isEmpty();
            assertThat(session.archiveQueue()).isEmpty();
        }
        cluster.sql(Privileges.grants(version, "pgkeep").toArray(String[]::new));
        try (ServerSession session = cluster.session("pgkeep")) {
            BackupStart start = session.startBackup("granted", true);
            session.checkAlive(start);
            assertThat(session.stopBackup().lsn()).isGreaterThan(start.lsn());
            session.createRestorePoint("p");
            session.switchWal();
            session.archiverStatus();
            ServerFacts facts = session.facts();
            assertThat(facts.dataDirectory().isPresent()).isEqualTo(version.isAtLeast(MajorVersion.V10));
            session.reload();
        }
    }

    @ParameterizedTest
    @MethodSource(MATRIX)
    void aSessionThatTheServerEndsIsNoticed(String major) {
        TestCluster cluster = running(major);
        try (ServerSession session = cluster.session("postgres")) {
            BackupStart start = session.startBackup("lost", true);
            CompletableFuture<PgkeepException> told = new CompletableFuture<>();
            try (Watch watch = session.watch(start, Duration.ofMillis(50), told::complete)) {
                Wait.sleep(Duration.ofMillis(200));
                watch.check();
                cluster.sql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgkeep test'");
                assertThat(told.join().code()).isEqualTo(ErrorCode.BACKUP_INTERRUPTED);
                assertThat(told.join()).hasMessageContaining("the server ended the session: terminating connection");
                assertThatThrownBy(watch::check).isSameAs(told.join());
            }
            assertThatThrownBy(session::stopBackup)
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKUP_INTERRUPTED));
        }
    }

    @ParameterizedTest
    @MethodSource(MATRIX)
    void aPromotedStandbyIsNoticed(String major) throws Exception {
        try (TestCluster cluster = TestCluster.create(major)) {
            // 9.6's initdb writes WAL that no standby takes: let the server write some of its own.
            cluster.start().server().stop(ThrowawayServer.Shutdown.FAST);
            ThrowawayServer standby = standbyOf(cluster);
            standby.start();
            ConnectionSettings settings = ConnectionSettings.resolve(
                    ConnectionRequest.none().withPgdata(standby.dataDirectory()).withUser("postgres"),
                    ClientEnvironment.ofThisProcess(),
                    Progress.SILENT);
            try (ServerSession session = ServerSession.open(settings, "test", Progress.SILENT)) {
                assertThat(session.facts().inRecovery()).isTrue();
                BackupStart start = session.startBackup("standby", true);
                assertThat(start.onStandby()).isTrue();
                session.checkAlive(start);
                standby.promote();
                Wait.until(
                        "promoted",
                        () -> Sql.on(standby)
                                .value("SELECT pg_is_in_recovery()")
                                .equals("f"));
                assertThatThrownBy(() -> session.checkAlive(start)).isInstanceOfSatisfying(PgkeepException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BACKUP_INTERRUPTED);
                    assertThat(e).hasMessageContaining("promoted");
                });
            }
        }
    }

    /** A copy of a stopped cluster: recovers for ever, with nothing to recover from, until it is promoted. */
    private static ThrowawayServer standbyOf(TestCluster cluster) throws IOException {
        Path data = cluster.beside("standby");
        DirectoryTree.copy(cluster.data(), data);
        ThrowawayServer standby = cluster.serverOn(data);
        if (cluster.server().binaries().major().usesRecoveryConf()) {
            Files.writeString(data.resolve("recovery.conf"), "standby_mode = on\nrestore_command = 'false'\n");
        } else {
            Files.writeString(data.resolve("standby.signal"), "");
            standby.configure("restore_command", "false");
        }
        cluster.server().runAs().own(data);
        return standby;
    }

    @ParameterizedTest
    @MethodSource(MATRIX)
    void aPasswordIsAskedForOverTcpAndAPeerIsKnownOnTheSocket(String major) throws IOException {
        ThrowawayServer.Options tcp = new ThrowawayServer.Options(true, OptionalInt.empty(), true);
        try (TestCluster cluster = TestCluster.create(major, tcp)) {
            Files.writeString(
                    cluster.data().resolve("pg_hba.conf"),
                    "local all postgres trust\nlocal all all peer\nhost all all 127.0.0.1/32 md5\n");
            cluster.start();
            String me = ClientEnvironment.ofThisProcess().osUser();
            cluster.sql(
                    "CREATE ROLE remote LOGIN SUPERUSER PASSWORD 'it''s secret'",
                    "CREATE ROLE stranger LOGIN",
                    "DO $$ BEGIN CREATE ROLE \"" + me + "\" LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
            try (ServerSession session = open(cluster, "remote", "it's secret")) {
                assertThat(session.facts().dataDirectory()).contains(cluster.data());
            }
            assertRefused(() -> open(cluster, "remote", "wrong"), "~/.pgpass");
            assertRefused(() -> open(cluster, "remote", ""), "~/.pgpass");
            cluster.session(me).close();
            assertRefused(() -> cluster.session("stranger"), "pg_hba.conf");
            assertRefused(() -> open(cluster, "remote", "it's secret", "no database"), "--database");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            assertRefused(() -> open(cluster, "remote", "it's secret"), "Is the server running there");
            assertRefused(() -> cluster.session("postgres"), "Is the server running, with this directory");
        }
    }

    private static ServerSession open(TestCluster cluster, String role, String password) {
        return open(cluster, role, password, "postgres");
    }

    private static ServerSession open(TestCluster cluster, String role, String password, String database) {
        ConnectionRequest request = ConnectionRequest.none()
                .withHost("127.0.0.1")
                .withPort(cluster.server().port())
                .withUser(role)
                .withDatabase(database);
        ClientEnvironment environment = new ClientEnvironment(
                Map.of("PGPASSWORD", password), cluster.base(), "nobody", List.of(cluster.base()));
        ConnectionSettings settings = ConnectionSettings.resolve(request, environment, Progress.SILENT);
        return ServerSession.open(settings, "test", Progress.SILENT);
    }

    private static void assertRefused(Supplier<ServerSession> login, String hint) {
        assertThatThrownBy(() -> login.get().close()).isInstanceOfSatisfying(PgkeepException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONNECT);
            assertThat(e.hint()).hasValueSatisfying(text -> assertThat(text).contains(hint));
        });
    }

    @Test
    void twoCopiesOfAClusterAreEqualAndAChangedByteIsFound() throws Exception {
        try (TestCluster cluster = TestCluster.started(Servers.newest())) {
            Workload.load(cluster.server(), 1);
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            Path copy = cluster.beside("copy");
            DirectoryTree.copy(cluster.data(), copy);
            assertThat(PageComparison.exact(cluster.data(), copy)).isEmpty();
            assertThat(PageComparison.masked(cluster.data(), copy)).isEmpty();

            Path file = copy.resolve("base/1/1259");
            byte[] content = Files.readAllBytes(file);
            content[8192 - 1] ^= 1;
            Files.write(file, content);
            List<String> found = List.of("base/1/1259: differs at byte 8191, block 0");
            assertThat(PageComparison.exact(cluster.data(), copy)).isEqualTo(found);
            assertThat(PageComparison.masked(cluster.data(), copy)).hasSize(1);
        }
    }
}
