package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgkeep.codec.Compression;
import org.pgkeep.repository.Attempt;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;

/** What the next backup makes of one that was cut off. */
final class ResumeTest {
    private static final long SEED = 20261121;

    @TempDir
    private Path directory;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private ColdCluster cluster;

    @BeforeEach
    void makeCluster() {
        cluster = new ColdCluster(directory, clock, SEED);
    }

    @Test
    void whatIsStillTheSameIsNotStoredAgain() {
        Label attempt = cutOffBeforeTheCommit(ColdCluster.How.FULL);
        BackupRecord backup = cluster.backup(storage, ColdCluster.How.FULL);
        assertThat(backup.resumption()).contains(new BackupRecord.Resumption(List.of(attempt), cluster.blocks()));
        assertThat(backup.sizes().packs()).as("only the control file's").isEqualTo(1);
        assertThat(backup.references())
                .extracting(BackupRecord.Reference::label)
                .containsExactly(attempt);
        assertThat(cluster.told()).anyMatch(line -> line.contains(", resuming " + attempt));
        assertSound(backup);
        assertThat(cluster.cluster(storage).attempts()).isEmpty();
    }

    @Test
    void whatChangedIsStoredAnewAndTheOldIsRemoved() {
        Label attempt = cutOffBeforeTheCommit(ColdCluster.How.FULL);
        cluster.change("base/5/16385", 0);
        cluster.change("pg_stat/one", 199);
        cluster.write("pg_stat/two", new byte[8192]);
        BackupRecord backup = cluster.backup(storage, ColdCluster.How.FULL);
        assertThat(backup.resumption().orElseThrow().foundBlocks()).isEqualTo(cluster.blocks() - 2);
        assertSound(backup);
        assertThat(cluster.cluster(storage).packs(attempt).keySet())
                .as("packs that nothing refers to are gone, the others stay")
                .containsExactlyElementsOf(numbers(backup, attempt));
    }

    @ParameterizedTest
    @CsvSource({"FULL,FULL", "FULL,INCREMENTAL", "INCREMENTAL,FULL", "INCREMENTAL,INCREMENTAL"})
    void anyTypeResumesAnyType(BackupType first, BackupType second) {
        BackupRecord base = cluster.backup(storage, ColdCluster.How.FULL);
        clock.move(10);
        for (int block = 0; block < 150; block++) {
            cluster.change("pg_stat/one", block);
        }
        Label attempt = cutOffBeforeTheCommit(new ColdCluster.How(first, Compression.DEFAULT, true));
        cluster.change("pg_stat/one", 7);
        BackupRecord backup = cluster.backup(storage, new ColdCluster.How(second, Compression.DEFAULT, true));
        boolean all = first == BackupType.FULL && second == BackupType.FULL;
        assertThat(backup.resumption())
                .contains(new BackupRecord.Resumption(List.of(attempt), all ? cluster.blocks() - 1 : 149));
        assertThat(backup.base()).isEqualTo(second == BackupType.FULL ? Optional.empty() : Optional.of(base.label()));
        assertSound(backup);

        // Whoever builds on it names the attempt's packs as well, and they outlive it.
        clock.move(10);
        cluster.change("base/5/16385", 3);
        BackupRecord next = cluster.backup(storage, ColdCluster.How.INCREMENTAL);
        ClusterStore store = cluster.cluster(storage);
        try (Lease lease = store.leases().take(Work.DELETE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            assertThat(store.removal(1).backups(List.of(backup.label()), lease)).containsKey(backup.label());
        }
        assertSound(next);
    }

    @Test
    void severalAttemptsAreResumedTogether() {
        Label first = cutOff(ColdCluster.How.FULL, ".pack", 4);
        cluster.change("base/5/16385", 0);
        Label second = cutOffBeforeTheCommit(ColdCluster.How.FULL);
        assertThat(cluster.cluster(storage).attempts())
                .extracting(Attempt::state)
                .containsExactly(Attempt.State.CLAIMED, Attempt.State.RUNNING);
        cluster.change("pg_stat/one", 5);
        BackupRecord backup = cluster.backup(storage, ColdCluster.How.FULL);
        assertThat(backup.resumption())
                .contains(new BackupRecord.Resumption(List.of(first, second), cluster.blocks() - 1));
        assertSound(backup);
    }

    @Test
    void aDamagedPackIsLeftOutAndStoredAgain() {
        Label attempt = cutOffBeforeTheCommit(ColdCluster.How.FULL);
        ObjectName pack = TinyRepository.only(storage, attempt + "/packs/2.pack");
        TinyRepository.flip(storage, pack, 5000);
        BackupRecord backup = cluster.backup(storage, ColdCluster.How.FULL);
        assertThat(cluster.told())
                .anyMatch(line -> line.startsWith("warning: ")
                        && line.contains("packs/2.pack")
                        && line.endsWith("; what it holds is stored again"));
        assertThat(backup.resumption().orElseThrow().foundBlocks()).isBetween(1L, cluster.blocks() - 1);
        assertThat(numbers(backup, attempt)).doesNotContain(2);
        assertSound(backup);
    }

    @Test
    void withoutResumeTheAttemptIsRemoved() {
        Label attempt = cutOffBeforeTheCommit(ColdCluster.How.FULL);
        BackupRecord backup = cluster.backup(storage, new ColdCluster.How(BackupType.FULL, Compression.DEFAULT, false));
        assertThat(backup.resumption()).isEmpty();
        assertThat(cluster.cluster(storage).packs(attempt)).isEmpty();
        assertSound(backup);
    }

    @Test
    void anotherCompressionIsNotResumed() {
        Label attempt = cutOffBeforeTheCommit(ColdCluster.How.FULL);
        BackupRecord backup =
                cluster.backup(storage, new ColdCluster.How(BackupType.FULL, Compression.parse("lz4"), true));
        assertThat(backup.resumption()).isEmpty();
        assertThat(cluster.told())
                .contains("attempt " + attempt + " is not resumed but removed: it is compressed with "
                        + Compression.DEFAULT + ", this backup with lz4");
        assertThat(cluster.cluster(storage).packs(attempt)).isEmpty();
        assertSound(backup);
    }

    @Test
    void anAttemptOfLongAgoIsNotResumed() {
        Label attempt = cutOffBeforeTheCommit(ColdCluster.How.FULL);
        clock.move(8 * 86_400);
        BackupRecord backup = cluster.backup(storage, ColdCluster.How.FULL);
        assertThat(backup.resumption()).isEmpty();
        assertThat(cluster.told()).anyMatch(line -> line.endsWith("not resumed but removed: it ended 8 d ago"));
        assertThat(cluster.cluster(storage).packs(attempt)).isEmpty();
        assertSound(backup);
    }

    @Test
    void aDamagedRecordOfAnAttemptHindersNobody() {
        Label attempt = cutOffBeforeTheCommit(ColdCluster.How.FULL);
        TinyRepository.flip(storage, TinyRepository.only(storage, "attempts/" + attempt + ".json"), 40);
        BackupRecord backup = cluster.backup(storage, ColdCluster.How.FULL);
        assertThat(backup.resumption()).isEmpty();
        assertThat(cluster.cluster(storage).packs(attempt)).isEmpty();
        assertSound(backup);
        assertThat(TinyRepository.names(storage)).noneMatch(name -> name.value().contains("attempts/"));
    }

    private void assertSound(BackupRecord backup) {
        cluster.assertHeldBy(storage, backup);
        assertThat(cluster.findings(storage)).isEmpty();
    }

    private static List<Integer> numbers(BackupRecord backup, Label source) {
        return backup.references().stream()
                .filter(reference -> reference.label().equals(source))
                .flatMapToInt(reference ->
                        java.util.stream.IntStream.rangeClosed(1, 1000).filter(reference.packs()::contains))
                .boxed()
                .toList();
    }

    /** A backup whose process dies when all is stored. */
    private Label cutOffBeforeTheCommit(ColdCluster.How how) {
        return cutOff(how, how.type().letter() + "/backup.json", 1);
    }

    /** A backup whose process dies before this object appears; the lease runs out. */
    private Label cutOff(ColdCluster.How how, String nameEnd, int nth) {
        FaultyStorage faulty = FaultyStorage.dyingBefore(storage, nameEnd, nth);
        assertThatThrownBy(() -> cluster.backup(faulty, how)).isInstanceOf(FaultyStorage.Crash.class);
        clock.move(61);
        Label attempt = cluster.cluster(storage).attempts().getLast().label();
        assertThat(cluster.cluster(storage).find(attempt)).isEmpty();
        assertThat(cluster.cluster(storage).packs(attempt)).isNotEmpty();
        return attempt;
    }
}
