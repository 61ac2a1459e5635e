package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Interposed;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.memory.MemoryStorage;

class ColdBackupTest {
    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage store = new MemoryStorage();
    private ColdCluster cluster;

    @TempDir
    private Path directory;

    @BeforeEach
    void setUp() {
        cluster = new ColdCluster(directory, clock, 5);
    }

    /** What a service manager may do while files are copied. */
    enum Event {
        STARTED(ColdBackupTest::start),
        /** Its control file is not written yet. */
        STARTING(test -> test.put("postmaster.pid")),
        STARTED_AND_STOPPED(
                test -> test.cluster.say(ColdCluster.control().shutDownAt(1, "0/400028")));

        private final Consumer<ColdBackupTest> action;

        Event(Consumer<ColdBackupTest> action) {
            this.action = action;
        }
    }

    private void start() {
        put("postmaster.pid");
        cluster.say(ColdCluster.control());
    }

    private void put(String name) {
        try {
            Files.writeString(directory.resolve("data").resolve(name), "1\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsStartedMeanwhileEndsIt(Event event) {
        Interposed interposed = new Interposed(store, "/packs/", () -> event.action.accept(this));
        assertThatThrownBy(() -> cluster.backup(interposed, ColdCluster.How.FULL))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVER_RUNNING))
                .hasMessageContaining("a server was started");
        assertThat(cluster.cluster(store).backups()).isEmpty();
    }

    /** Whatever happens then does not matter any more. */
    @Test
    void aServerMayStartWhenAllIsCopied() {
        Interposed interposed = new Interposed(store, "/manifest", this::start);
        BackupRecord record = cluster.backup(interposed, ColdCluster.How.FULL);
        assertThat(cluster.cluster(store).backups()).extracting(BackupRecord::label).containsExactly(record.label());
    }

    /** Its pages are as new as that, and PostgreSQL opens nothing before it has replayed so far. */
    @Test
    void aStoppedStandbyEndsWhereItHadCome() {
        cluster.say(ColdCluster.control().standbyShutDownAt(1, "0/300028", 2, "0/500100"));
        BackupRecord record = cluster.backup(store, ColdCluster.How.FULL);
        assertThat(record.startLsn()).isEqualTo(Lsn.parse("0/300028"));
        assertThat(record.startTimeline()).isEqualTo(1);
        assertThat(record.stopLsn()).isEqualTo(Lsn.parse("0/500100"));
        assertThat(record.stopTimeline()).isEqualTo(2);
        assertThat(cluster.findings(store)).isEmpty();
    }
}
