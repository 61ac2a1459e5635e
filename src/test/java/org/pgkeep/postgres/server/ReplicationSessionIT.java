package org.pgkeep.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;
import org.pgkeep.harness.Wait;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;
import org.pgkeep.progress.Progress;

/** Streams WAL from the oldest and the newest server. */
class ReplicationSessionIT {
    private static final int SEGMENT = 16 << 20;
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Map<String, TestCluster> RUNNING = new HashMap<>();

    static Stream<String> oldestAndNewest() {
        List<String> all = Servers.matrix().toList();
        return Stream.of(all.getFirst(), all.getLast()).distinct();
    }

    private static TestCluster running(String major) {
        return RUNNING.computeIfAbsent(
                major,
                version -> letIn(TestCluster.create(version)
                                .with("max_wal_senders", "2")
                                .with("max_replication_slots", "2"))
                        .start());
    }

    /** 9.6 is made with no line for replication. */
    private static TestCluster letIn(TestCluster cluster) {
        try {
            Files.writeString(
                    cluster.data().resolve("pg_hba.conf"), "local all all trust\nlocal replication all trust\n");
            return cluster;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void closeAll() {
        RUNNING.values().forEach(TestCluster::close);
    }

    private static ReplicationSession session(TestCluster cluster, String role) {
        return ReplicationSession.open(cluster.settings(role), "my standby", Progress.SILENT);
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void theStreamIsWhatTheServerWritesAndItsConfirmationsArrive(String major) throws IOException {
        TestCluster cluster = running(major);
        try (ReplicationSession session = session(cluster, "postgres");
                ServerSession sql = cluster.session("postgres")) {
            ReplicationSession.Identity identity = session.identify();
            assertThat(identity.systemIdentifier()).isEqualTo(sql.facts().systemIdentifier());
            assertThat(identity.timeline()).isEqualTo(1);
            assertThat(session.createSlot("keeps", false)).isTrue();
            assertThat(session.createSlot("keeps", false)).isFalse();
            assertThat(session.slotRestart("keeps"))
                    .hasValueSatisfying(
                            lsn -> assertThat(identity.end().isBefore(lsn)).isFalse());
            assertThat(session.slotRestart("another")).isEmpty();
            assertThat(session.isPhysical("keeps")).isTrue();
            assertThat(session.isPhysical("another")).isFalse();
            assertThat(session.isStandby()).isFalse();

            SegmentName segment = SegmentName.holding(1, identity.end(), SEGMENT);
            WalStream stream = session.stream(Optional.of("keeps"), segment.start(SEGMENT), 1);
            cluster.sql("CREATE TABLE filled AS SELECT i, md5(i::text) FROM generate_series(1, 200000) i");
            byte[] received = take(stream, segment.start(SEGMENT), SEGMENT);

            Path file = cluster.data()
                    .resolve(cluster.server().binaries().major().walDirectory())
                    .resolve(segment.toString());
            assertThat(received).isEqualTo(Files.readAllBytes(file));
            assertThat(WalHeader.parse(received, "the stream").pageAddress()).isEqualTo(segment.start(SEGMENT));

            Lsn end = segment.start(SEGMENT).plus(SEGMENT);
            stream.confirm(end, end);
            Wait.until(
                    "the slot's progress",
                    () -> cluster.query("SELECT restart_lsn >= '" + end
                                    + "' FROM pg_replication_slots WHERE slot_name = 'keeps'")
                            .equals("t"));
            assertThat(cluster.query("SELECT count(*) FROM pg_stat_replication WHERE application_name = 'my standby'"))
                    .isEqualTo("1");
            stream.end();
            assertThat(session.identify().timeline()).isEqualTo(1);
            assertThat(session.dropSlot("keeps")).isTrue();
            assertThat(session.dropSlot("keeps")).isFalse();
        }
    }

    private static byte[] take(WalStream stream, Lsn from, int length) {
        ByteBuffer received = ByteBuffer.allocate(length);
        while (received.hasRemaining()) {
            switch (stream.next(LONG)) {
                case WalMessage.Data data -> {
                    assertThat(data.start()).isEqualTo(from.plus(received.position()));
                    received.put(data.bytes().limit(Math.min(data.bytes().remaining(), received.remaining())));
                }
                case WalMessage.Keepalive _ -> {}
                case WalMessage.Quiet _ -> throw new AssertionError("no WAL at " + received.position());
                case WalMessage.Removed removed -> throw new AssertionError(removed);
            }
        }
        byte[] bytes = new byte[length];
        received.flip().get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void aQuietStreamStaysUsable(String major) {
        TestCluster cluster = running(major);
        try (ReplicationSession session = session(cluster, "postgres")) {
            Lsn end = session.identify().end();
            WalStream stream = session.stream(Optional.empty(), end, 1);
            end = awaitQuiet(stream, Duration.ofMillis(300), end);
            for (int i = 0; i < 20; i++) {
                end = awaitQuiet(stream, Duration.ofMillis(i % 3), end);
            }
            stream.confirm(end, end);
            for (int i = 0; i < 3; i++) {
                cluster.query("SELECT txid_current()");
                WalMessage.Data data = firstData(stream);
                assertThat(data.start()).isEqualTo(end);
                end = awaitQuiet(stream, Duration.ofMillis(300), data.end());
            }
            stream.end();
            assertThat(session.identify().timeline()).isEqualTo(1);
        }
    }

    /** Takes what the server says at first, and WAL that it writes by itself now and then; gives where that ends. */
    private static Lsn awaitQuiet(WalStream stream, Duration patience, Lsn end) {
        Lsn reached = end;
        for (int messages = 0; messages < 100; messages++) {
            switch (stream.next(patience)) {
                case WalMessage.Quiet _ -> {
                    return reached;
                }
                case WalMessage.Data data -> {
                    assertThat(data.start()).isEqualTo(reached);
                    reached = data.end();
                }
                case WalMessage.Keepalive _ -> {}
                case WalMessage.Removed removed -> throw new AssertionError(removed);
            }
        }
        throw new AssertionError("the stream is never quiet");
    }

    private static WalMessage.Data firstData(WalStream stream) {
        while (true) {
            if (stream.next(LONG) instanceof WalMessage.Data data) {
                return data;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void whatTheServerRemovedIsAMessage(String major) {
        TestCluster cluster = running(major);
        String removed = "SELECT pg_switch_" + (major.equals("9.6") ? "xlog()" : "wal()");
        Lsn old = SegmentName.holding(1, cluster.session("postgres").currentLsn(), SEGMENT)
                .start(SEGMENT);
        for (int i = 0; i < 8; i++) {
            cluster.sql("CREATE TABLE gone" + i + " AS SELECT 1", removed, "CHECKPOINT");
        }
        try (ReplicationSession session = session(cluster, "postgres")) {
            WalStream stream = session.stream(Optional.empty(), old, 1);
            WalMessage answer = stream.next(LONG);
            while (!(answer instanceof WalMessage.Removed)) {
                assertThat(answer).isInstanceOf(WalMessage.Keepalive.class);
                answer = stream.next(LONG);
            }
            assertThat(((WalMessage.Removed) answer).reason())
                    .contains(SegmentName.holding(1, old, SEGMENT).toString());
        }
    }

    @ParameterizedTest
    @MethodSource("oldestAndNewest")
    void whoIsNotLetInIsToldWhatToChange(String major) throws IOException {
        TestCluster cluster = running(major);
        cluster.sql("CREATE ROLE nobody_special LOGIN");
        refused(cluster, "nobody_special", "ALTER ROLE nobody_special REPLICATION");
        cluster.sql("ALTER ROLE nobody_special REPLICATION");
        session(cluster, "nobody_special").close();

        try (ReplicationSession _ = session(cluster, "postgres");
                ReplicationSession _ = session(cluster, "postgres")) {
            refused(cluster, "postgres", "max_wal_senders");
        }
        Path hba = cluster.data().resolve("pg_hba.conf");
        String before = Files.readString(hba);
        Files.writeString(hba, "local all all trust\n");
        cluster.query("SELECT pg_reload_conf()");
        Wait.until("the new pg_hba.conf", () -> {
            try (ReplicationSession _ = session(cluster, "postgres")) {
                return false;
            } catch (PgkeepException _) {
                return true;
            }
        });
        refused(cluster, "postgres", "local replication postgres");
        Files.writeString(hba, before);
        cluster.query("SELECT pg_reload_conf()");
    }

    private static void refused(TestCluster cluster, String role, String hint) {
        // A WAL sender's place is free a moment after its session is closed.
        assertThatThrownBy(() -> session(cluster, role).close()).isInstanceOfSatisfying(PgkeepException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONNECT);
            assertThat(e.hint()).hasValueSatisfying(text -> assertThat(text).contains(hint));
        });
    }

    @Test
    void overTcpATimelineIsReadUpToItsEndAndItsSuccessorAfterIt() throws IOException {
        try (TestCluster cluster = TestCluster.create(
                        Servers.newest(), new ThrowawayServer.Options(true, OptionalInt.empty(), true))
                .start()) {
            cluster.sql("CREATE TABLE first AS SELECT 1");
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
            asStandby(cluster);
            cluster.server().start();
            cluster.server().promote();
            Wait.until(
                    "promotion",
                    () -> cluster.query("SELECT pg_is_in_recovery()").equals("f"));
            Wait.until("timeline 2", () -> identity(cluster).timeline() == 2);
            ConnectionSettings tcp = ConnectionSettings.resolve(
                    ConnectionRequest.none()
                            .withHost("127.0.0.1")
                            .withPort(cluster.server().port())
                            .withUser("postgres"),
                    ClientEnvironment.ofThisProcess(),
                    Progress.SILENT);
            try (ReplicationSession session = ReplicationSession.open(tcp, "over tcp", Progress.SILENT)) {
                Lsn fork = session.history(2).endOf(1).orElseThrow();
                Lsn start = SegmentName.holding(1, fork, SEGMENT).start(SEGMENT);
                WalStream stream = session.stream(Optional.empty(), start, 1);
                take(stream, start, (int) fork.minus(start));
                stream.end();
                WalStream next = session.stream(Optional.empty(), start, 2);
                take(next, start, (int) fork.minus(start));
                next.end();
            }
        }
    }

    private static void asStandby(TestCluster cluster) throws IOException {
        if (cluster.server().binaries().major().isAtLeast(MajorVersion.V12)) {
            Files.writeString(cluster.data().resolve("standby.signal"), "");
        } else {
            Files.writeString(cluster.data().resolve("recovery.conf"), "standby_mode = on\n");
        }
    }

    private static ReplicationSession.Identity identity(TestCluster cluster) {
        try (ReplicationSession session = session(cluster, "postgres")) {
            return session.identify();
        }
    }
}
