package org.pgkeep.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;

/**
 * Breaks every step of a backup and of its commit, in every way, one after another. What the next process finds must be a sound
 * backup or none, whatever the broken one believed; and the next backup must succeed.
 */
class BackupWriterCrashTest {
    private static final long SEED = 20261121;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final Map<String, byte[]> files = TinyRepository.files(SEED);

    @ParameterizedTest
    @EnumSource(names = {"FAIL", "FAIL_AFTER", "CRASH", "CRASH_AFTER"})
    void aBackupBrokenAtAnyStepIsSoundOrIsNone(FaultyStorage.Fault fault) {
        boolean fired = true;
        int broken = 0;
        for (int at = 1; fired; at++) {
            MemoryStorage storage = new MemoryStorage();
            TinyRepository.cluster(storage, clock);
            Label before = TinyRepository.coldBackup(TinyRepository.cluster(storage, clock), clock, files)
                    .label();
            clock.move(10);
            FaultyStorage faulty = new FaultyStorage(storage, fault, at, SEED);
            Optional<Label> said = backup(faulty);
            fired = faulty.fired();
            broken += said.isEmpty() ? 1 : 0;

            List<Label> found = soundBackups(storage, faulty);
            assertThat(found).as(faulty.toString()).contains(before);
            said.ifPresent(label ->
                    assertThat(found).as("%s: said to be there", faulty).contains(label));

            // A lease of a process that died runs out; one that failed gave it back, or could not.
            clock.move(61);
            Label next = TinyRepository.coldBackup(TinyRepository.cluster(storage, clock), clock, files)
                    .label();
            assertThat(soundBackups(storage, faulty))
                    .as(faulty.toString())
                    .containsAll(found)
                    .contains(next);
            assertThat(leftovers(storage))
                    .as("%s: what the next backup left", faulty)
                    .isEmpty();
            clock.move(10);
        }
        assertThat(broken).isGreaterThan(5);
    }

    /** Stores that say they wrote what they did not: then damage there is, and verify must say so, never be silent. */
    @ParameterizedTest
    @EnumSource(names = {"TEAR", "LOSE", "FLIP"})
    void whatAStoreSpoiledIsFound(FaultyStorage.Fault fault) {
        boolean fired = true;
        for (int at = 1; fired; at++) {
            MemoryStorage storage = new MemoryStorage();
            TinyRepository.cluster(storage, clock);
            FaultyStorage faulty = new FaultyStorage(storage, fault, at, SEED);
            Optional<Label> said = backup(faulty);
            fired = faulty.fired();
            if (said.isPresent() && !verify(storage).isDamaged()) {
                ClusterStore cluster = TinyRepository.cluster(storage, clock);
                List<Label> there =
                        cluster.backups().stream().map(BackupRecord::label).toList();
                if (there.contains(said.get())) {
                    files.forEach((path, content) -> assertThat(TinyRepository.read(cluster, said.get(), path))
                            .as("%s: %s", faulty, path)
                            .isEqualTo(content));
                }
            }
            clock.move(100);
        }
    }

    private Optional<Label> backup(FaultyStorage faulty) {
        try {
            return Optional.of(TinyRepository.coldBackup(TinyRepository.cluster(faulty, clock), clock, files)
                    .label());
        } catch (PgkeepException | FaultyStorage.Crash e) {
            return Optional.empty();
        }
    }

    private List<Label> soundBackups(MemoryStorage storage, FaultyStorage faulty) {
        Verify.Result result = verify(storage);
        assertThat(result.findings().stream().filter(finding -> finding.severity() == Finding.Severity.ERROR))
                .as(faulty.toString())
                .isEmpty();
        ClusterStore cluster = TinyRepository.cluster(storage, clock);
        List<Label> labels = cluster.backups().stream().map(BackupRecord::label).toList();
        for (Label label : labels) {
            files.forEach((path, content) -> assertThat(TinyRepository.read(cluster, label, path))
                    .as("%s: %s of %s", faulty, path, label)
                    .isEqualTo(content));
        }
        return labels;
    }

    private List<Finding> leftovers(MemoryStorage storage) {
        return verify(storage).findings();
    }

    private Verify.Result verify(MemoryStorage storage) {
        Verify verify = new Verify(Repository.open(storage, clock), clock, Progress.SILENT);
        return verify.run(Verify.Request.look(true, true, 1));
    }
}
