package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Interposed;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;
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
        STARTED,
        /** Its control file is not written yet. */
        STARTING,
        STARTED_AND_STOPPED
    }

    private void happens(Event event) {
        switch (event) {
            case STARTED -> start();
            case STARTING -> put("postmaster.pid");
            case STARTED_AND_STOPPED -> cluster.say(ColdCluster.control().shutDownAt(1, "0/400028"));
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
        Interposed interposed = new Interposed(store, "/packs/", () -> happens(event));
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
        assertThat(cluster.cluster(store).backups())
                .extracting(BackupRecord::label)
                .containsExactly(record.label());
    }

    /** A damaged page is stored as it is, and found again by each backup that builds on it; its file is no other for that. */
    @Test
    void aBackupThatFindsADamagedPageAsItsBaseHasItHoldsTheFile() {
        byte[] small = new byte[3 * Blocks.BYTES];
        new Random(1).nextBytes(small);
        byte[] large = new byte[(Blocks.PER_GROUP + 3) * Blocks.BYTES];
        large[5 * Blocks.BYTES] = 1;
        cluster.write("base/5/16384", small);
        cluster.write("base/5/16385", large);
        BackupRecord full = cluster.backup(store, ColdCluster.How.FULL);
        BackupRecord same = cluster.backup(store, ColdCluster.How.INCREMENTAL);
        cluster.change("base/5/16384", 1);
        BackupRecord changed = cluster.backup(store, ColdCluster.How.INCREMENTAL);
        assertThat(List.of(full, same, changed))
                .allSatisfy(backup -> assertThat(backup.warnings()).hasSize(2));
        assertThat(same.base()).contains(full.label());
        cluster.assertHeldBy(store, changed);
        assertThat(cluster.findings(store)).isEmpty();
    }

    /** No WAL brings what {@code ALTER SYSTEM}, an editor, or a checkpoint of replication origins puts in a file's place. */
    @ParameterizedTest
    @EnumSource(
            value = BackupType.class,
            names = {"FULL", "INCREMENTAL"})
    void aFileThatIsReplacedByALongerOneIsHeldAsItIsThen(BackupType type) {
        Map<String, int[]> lengths = Map.of(
                "postgresql.auto.conf", new int[] {100, 141},
                "pg_hba.conf", new int[] {9000, 5000},
                "empty.conf", new int[] {0, 30},
                "pg_logical/replorigin_checkpoint", new int[] {16, 32},
                "log/server.log", new int[] {1 << 20, (2 << 20) + 17},
                "same.conf", new int[] {700, 700});
        lengths.forEach((path, length) -> cluster.write(path, bytes(path, length[0])));
        if (type == BackupType.INCREMENTAL) {
            BackupRecord _ = cluster.backup(store, ColdCluster.How.FULL);
        }
        cluster.whenCopying(() -> lengths.forEach((path, length) -> cluster.write(path, bytes(path, length[1]))));
        BackupRecord record = cluster.backup(store, new ColdCluster.How(type, Compression.DEFAULT, true));
        cluster.assertHeldBy(store, record);
        assertThat(cluster.findings(store)).isEmpty();
        BackupRecord next = cluster.backup(store, ColdCluster.How.INCREMENTAL);
        cluster.assertHeldBy(store, next);
        assertThat(cluster.findings(store)).isEmpty();
    }

    /** Its list was made while it was written. */
    @Test
    void aFileThatIsAsLongAsInTheBaseAgainIsHeldWhole() {
        String path = "log/server.log";
        byte[] first = bytes(path, (1 << 20) + 700_000);
        byte[] changed = first.clone();
        changed[1_300_000] ^= 1;
        cluster.write(path, first);
        BackupRecord _ = cluster.backup(store, ColdCluster.How.FULL);
        for (byte[] then : List.of(first, changed)) {
            cluster.write(path, bytes(path, 1000));
            cluster.whenCopying(() -> cluster.write(path, then));
            BackupRecord record = cluster.backup(store, ColdCluster.How.INCREMENTAL);
            cluster.assertHeldBy(store, record);
            assertThat(cluster.findings(store)).isEmpty();
        }
    }

    private static byte[] bytes(String path, int length) {
        byte[] content = new byte[length];
        new Random(path.hashCode() + length).nextBytes(content);
        return content;
    }

    /** Whoever's they are: an incremental backup's base may use packs of backups before it. */
    @Test
    void aBaseWithAPackThatIsCutOffIsPassedOver() {
        BackupRecord full = cluster.backup(store, ColdCluster.How.FULL);
        cluster.change("base/5/2619", 1);
        BackupRecord second = cluster.backup(store, ColdCluster.How.INCREMENTAL);
        ObjectName pack = TinyRepository.names(store).stream()
                .filter(name -> name.value().contains(full.label() + "/packs/"))
                .findFirst()
                .orElseThrow();
        byte[] content = TinyRepository.bytes(store, pack);
        TinyRepository.overwrite(store, pack, Arrays.copyOf(content, content.length - 1));

        BackupRecord third = cluster.backup(store, ColdCluster.How.INCREMENTAL);

        assertThat(second.base()).contains(full.label());
        assertThat(third.base()).isEmpty();
        assertThat(cluster.told())
                .anyMatch(line -> line.contains(second.label() + " cannot be the base")
                        && line.contains("does not end as a pack"));
        cluster.assertHeldBy(store, third);
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
