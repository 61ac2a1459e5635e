package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;
import org.pgkeep.verify.Finding;

/**
 * A backup was cut off; the one that resumes it is broken at every step, in every way, one after another. What is found then must be a
 * sound backup or none, and the next backup must succeed, take over what both left, and leave nothing behind.
 */
final class ResumeCrashTest {
    private static final long SEED = 20261121;

    @TempDir
    private Path directory;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");

    @ParameterizedTest
    @EnumSource(names = {"FAIL", "FAIL_AFTER", "CRASH", "CRASH_AFTER"})
    void aResumedBackupBrokenAtAnyStepIsSoundOrIsNone(FaultyStorage.Fault fault) {
        ColdCluster cluster = new ColdCluster(directory, clock, SEED);
        MemoryStorage cutOff = new MemoryStorage();
        assertThatThrownBy(() -> cluster.backup(FaultyStorage.dyingBefore(cutOff, ".pack", 4), ColdCluster.How.FULL))
                .isInstanceOf(FaultyStorage.Crash.class);
        clock.move(61);
        cluster.change("pg_stat/one", 3);

        boolean fired = true;
        long resumed = 0;
        for (int at = 1; fired; at++) {
            MemoryStorage storage = new MemoryStorage();
            TinyRepository.copy(cutOff, storage);
            FaultyStorage faulty = new FaultyStorage(storage, fault, at, SEED);
            Optional<Label> said = backup(cluster, faulty);
            fired = faulty.fired();

            List<Label> found = soundBackups(cluster, storage, faulty);
            said.ifPresent(label ->
                    assertThat(found).as("%s: said to be there", faulty).contains(label));
            clock.move(61);
            BackupRecord next = cluster.backup(storage, ColdCluster.How.FULL);
            resumed += next.resumption().isPresent() ? 1 : 0;
            assertThat(cluster.findings(storage))
                    .as("%s: what the next backup left", faulty)
                    .isEmpty();
            assertThat(held(cluster, storage)).contains(next.label()).containsAll(found);
            assertThat(cluster.cluster(storage).attempts())
                    .as(faulty.toString())
                    .isEmpty();
        }
        assertThat(resumed).isGreaterThan(10);
    }

    private static Optional<Label> backup(ColdCluster cluster, FaultyStorage faulty) {
        try {
            return Optional.of(cluster.backup(faulty, ColdCluster.How.FULL).label());
        } catch (PgkeepException | FaultyStorage.Crash e) {
            return Optional.empty();
        }
    }

    private static List<Label> soundBackups(ColdCluster cluster, MemoryStorage storage, FaultyStorage faulty) {
        assertThat(cluster.findings(storage))
                .as(faulty.toString())
                .noneMatch(finding -> finding.severity() == Finding.Severity.ERROR);
        return held(cluster, storage);
    }

    private static List<Label> held(ColdCluster cluster, MemoryStorage storage) {
        List<BackupRecord> backups = cluster.cluster(storage).backups();
        backups.forEach(backup -> cluster.assertHeldBy(storage, backup));
        return backups.stream().map(BackupRecord::label).toList();
    }
}
