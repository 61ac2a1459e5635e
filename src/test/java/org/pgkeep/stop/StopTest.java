package org.pgkeep.stop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.archive.ArchiveGet;
import org.pgkeep.archive.ArchivePush;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.memory.MemoryStorage;
import org.pgkeep.verify.Verify;

final class StopTest {
    private static final Owner ADMIN = new Owner("adminhost", 99, "00000000-0000-0000-0000-000000000009");
    private static final String SEGMENT = "000000010000000000000003";

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final Map<String, byte[]> files = TinyRepository.files(1);
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);
    private final Repository repository = Repository.open(storage, clock);
    private final Stop stop = new Stop(repository, clock, ADMIN, Progress.SILENT);

    @TempDir
    private Path directory;

    @Test
    void whileAClusterIsStoppedNewWorkIsRefusedWithWhoWhenAndWhy() {
        stop.stop(TinyRepository.MAIN, Optional.of("the storage is being moved"), false);
        assertThatThrownBy(() -> cluster.begin(BackupType.FULL, TinyRepository.OWNER))
                .isInstanceOfSatisfying(PgkeepException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.STOPPED);
                    assertThat(e.hint().orElseThrow()).contains("pgkeep start --cluster main");
                })
                .hasMessage("cluster 'main' was stopped by " + System.getProperty("user.name")
                        + " on adminhost at 2026-11-21T20:30:00Z: the storage is being moved");
        assertStopped(() -> cluster.leases().take(Work.EXPIRE, TinyRepository.OWNER, Leases.Patience.NONE));
        assertStopped(this::push);
        assertThat(cluster.leases().holder())
                .as("the lease was not taken, or given back")
                .isEmpty();
        assertThat(cluster.attempts()).isEmpty();
    }

    @Test
    void startAllowsWorkAgainAndSaysWhatStoodInTheWay() {
        assertThat(stop.start(TinyRepository.MAIN).before()).isEmpty();
        stop.stop(TinyRepository.MAIN, Optional.empty(), false);
        assertThat(stop.start(TinyRepository.MAIN).before().orElseThrow().owner())
                .isEqualTo(ADMIN);
        push();
        TinyRepository.coldBackup(cluster, clock, files);
    }

    @Test
    void whoStopsWhatIsStoppedLeavesTheFirstReason() {
        stop.stop(TinyRepository.MAIN, Optional.of("first"), false);
        Stop.Stopped second = stop.stop(TinyRepository.MAIN, Optional.of("second"), false);
        assertThat(second.already()).isTrue();
        assertThat(second.fence().reason()).contains("first");
    }

    @Test
    void readingGoesOn() throws java.io.IOException {
        BackupRecord backup = TinyRepository.coldBackup(cluster, clock, files);
        push();
        stop.stop(TinyRepository.MAIN, Optional.empty(), false);
        assertThat(TinyRepository.read(cluster, backup.label(), "PG_VERSION")).isEqualTo(files.get("PG_VERSION"));
        Path target = directory.resolve("RECOVERYXLOG");
        new ArchiveGet(repository).get(new ArchiveGet.Request(TinyRepository.MAIN, SEGMENT, target.toString()));
        assertThat(Files.size(target)).isEqualTo(TinyRepository.SEGMENT_BYTES);
        Verify verify = new Verify(repository, clock, Progress.SILENT);
        assertThat(verify.run(Verify.Request.look(true, true, 1)).isDamaged()).isFalse();
    }

    @Test
    void runningWorkGoesOnToItsCommit() {
        try (Lease lease = cluster.leases().take(Work.DELETE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            Stop.Stopped stopped = stop.stop(TinyRepository.MAIN, Optional.empty(), false);
            assertThat(stopped.running().orElseThrow().owner()).isEqualTo(TinyRepository.OWNER);
            lease.assertHeld();
        }
    }

    @Test
    void runningWorkOfAnotherHostIsEndedByItsLease() {
        BackupWriter writer = cluster.begin(BackupType.FULL, TinyRepository.OWNER);
        Stop.Stopped stopped = stop.stop(TinyRepository.MAIN, Optional.empty(), true);
        assertThat(stopped.ended().orElseThrow().how()).isEqualTo(Stop.How.LEASE_TAKEN);
        assertThat(stopped.running()).isEmpty();
        assertThat(cluster.leases().holder()).isEmpty();
        assertThatThrownBy(() -> writer.commit(TinyRepository.coldRecord(writer.label(), clock)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST))
                .hasMessageContaining("'pgkeep stop --force' ended this work: process 99 on adminhost");
        writer.close();
        assertThat(cluster.find(writer.label())).isEmpty();
        stop.start(TinyRepository.MAIN);
        TinyRepository.coldBackup(cluster, clock, files);
    }

    /** A process of our own host that is no pgkeep, or a younger one with the number of one that died, is not touched. */
    @Test
    void aProcessThatOnlyHasTheNumberIsNotSignalled() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            Owner dead = new Owner(ADMIN.host(), stranger.pid(), "dead");
            Lease lease = cluster.leases().take(Work.BACKUP, dead, Leases.Patience.NONE);
            Stop.Stopped stopped = stop.stop(TinyRepository.MAIN, Optional.empty(), true);
            assertThat(stopped.ended().orElseThrow().how()).isEqualTo(Stop.How.LEASE_TAKEN);
            assertThat(stranger.isAlive()).isTrue();
            lease.close();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    private void push() {
        try {
            Path file = directory.resolve(SEGMENT);
            Files.write(file, TinyRepository.segment(SEGMENT, 1));
            new ArchivePush(repository)
                    .push(new ArchivePush.Request(
                            TinyRepository.MAIN, file.toString(), Optional.empty(), Compression.DEFAULT, true));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertStopped(Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STOPPED));
    }
}
