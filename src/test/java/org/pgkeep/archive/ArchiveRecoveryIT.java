package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.TestCluster;

/** What PostgreSQL makes of archive-get's exit statuses. */
class ArchiveRecoveryIT {
    /** With a status up to 125 it would open the cluster on a new timeline, without the row. */
    @ParameterizedTest
    @ValueSource(strings = {"9.6", "11", "13", "18"})
    void aRepositoryOutOfReachStopsRecoveryAndDoesNotEndIt(String major) throws IOException {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(major))) {
            source.cluster().sql("CREATE TABLE marker (id int)");
            source.succeeds("backup");
            source.cluster().sql("INSERT INTO marker VALUES (1)");
            source.archiveEverything();
            Path restored = source.restore("restored");
            Path record = source.repository().resolve("repository.json");
            Path aside = source.repository().resolve("aside.json");

            Files.move(record, aside);
            ThrowawayServer server = source.cluster().serverOn(restored);
            server.configure("archive_mode", "off");
            assertThatThrownBy(server::start).hasMessageContaining("does not start");
            int status = RecoveryExit.OFFSET + ErrorCode.REPOSITORY_FOREIGN.exitStatus();
            assertThat(server.logTail()).contains("exit code " + status);

            Files.move(aside, record);
            ThrowawayServer again = source.startRestored(restored);
            assertThat(Sql.on(again).value("SELECT count(*) FROM marker")).isEqualTo("1");
        }
    }
}
