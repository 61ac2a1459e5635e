package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.demo.Workload;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Oracle;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** Expire takes away backups and WAL while a server fills the archive, backups are taken, and others read. */
final class BusyRepositoryIT {
    private static final long SEED = 20261129;

    /** The server is to write no more than archive_command can take away. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** So small that the server archives a segment every moment. */
    private static final ThrowawayServer.Options SMALL_SEGMENTS =
            new ThrowawayServer.Options(true, OptionalInt.of(1), false);

    @Test
    void expireHindersNobodyAndTakesNothingThatIsNeeded() {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest(), SMALL_SEGMENTS))) {
            ThrowawayServer server = source.cluster().server();
            Workload.load(server, 1);
            source.succeeds("backup");
            List<Pgkeep.Running> beside = new ArrayList<>();
            try (Workload workload = Workload.start(server, 2, PAUSE, SEED)) {
                for (int round = 0; round < 3; round++) {
                    workload.awaitMore(60);
                    Pgkeep.Running backup =
                            source.start("backup", round % 2 == 0 ? "--type=full" : "--type=incr", "--wait", "2min");
                    workload.awaitMore(30);
                    // One waits for the other; what archives and what reads goes on beside them.
                    Pgkeep.Running expire = source.start("expire", "--retention-full", "1", "--wait", "2min");
                    beside.add(source.start("verify"));
                    beside.add(source.start("info", "--wal"));
                    assertThat(backup.await()).as(backup.text()).isZero();
                    beside.add(source.start("verify"));
                    assertThat(expire.await()).as(expire.text()).isZero();
                }
                for (Pgkeep.Running reader : beside) {
                    assertThat(reader.await()).as(reader.text()).isZero();
                }
            }
            assertThat(source.cluster().query("SELECT failed_count FROM pg_stat_archiver"))
                    .as(server.logTail())
                    .isEqualTo("0");
            source.succeeds("backup", "--retention-full=1");
            source.archiveEverything();
            assertThat(source.labels()).hasSizeLessThan(5);
            source.succeeds("verify", "--deep");
            Map<String, String> contents = Oracle.contents(server);
            for (String label :
                    List.of(source.labels().getFirst(), source.labels().getLast())) {
                ThrowawayServer restored = source.startRestored(source.restore("from-" + label, "--backup", label));
                assertThat(Oracle.contents(restored)).as(label).isEqualTo(contents);
                Oracle.checkRunning(restored);
                restored.stop(ThrowawayServer.Shutdown.FAST);
            }
        }
    }
}
