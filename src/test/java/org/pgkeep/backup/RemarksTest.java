package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.GivenName;
import org.pgkeep.repository.Pin;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;
import org.pgkeep.verify.Finding;

/** What is said of a backup when it is taken. */
final class RemarksTest {
    private static final long SEED = 20261121;
    private static final Remarks REMARKS = new Remarks(
            GivenName.parse("before-upgrade"),
            Optional.of("ask Ann"),
            new TreeMap<>(Map.of("ticket", "OPS-1")),
            Optional.of(Duration.ofDays(90)));
    private static final ColdCluster.How MARKED =
            new ColdCluster.How(BackupType.FULL, Compression.DEFAULT, true, REMARKS);

    @TempDir
    private Path directory;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");

    @Test
    void aBackupHasItsNameNoteFactsAndPinFromTheFirstMoment() {
        ColdCluster cluster = new ColdCluster(directory, clock, SEED);
        MemoryStorage storage = new MemoryStorage();
        BackupRecord backup = cluster.backup(storage, MARKED);
        assertThat(cluster.cluster(storage).label("before-upgrade")).isEqualTo(backup.label());
        assertMarked(cluster, storage, backup);
    }

    private void assertMarked(ColdCluster cluster, Storage storage, BackupRecord backup) {
        BackupMark mark = cluster.cluster(storage).marks().of(backup.label());
        assertThat(mark)
                .isEqualTo(BackupMark.none(backup.label())
                        .withName(REMARKS.name())
                        .withNote(REMARKS.note())
                        .withAnnotations(REMARKS.annotations())
                        .withPin(Optional.of(new Pin(Optional.of(Instant.parse("2027-02-19T20:30:00Z")), false))));
    }

    @Test
    void aNameThatIsTakenIsRefusedBeforeAnythingIsStored() {
        ColdCluster cluster = new ColdCluster(directory, clock, SEED);
        MemoryStorage storage = new MemoryStorage();
        BackupRecord first = cluster.backup(storage, MARKED);
        assertThatThrownBy(() -> cluster.backup(storage, MARKED))
                .isInstanceOf(PgkeepException.class)
                .hasMessage("backup " + first.label() + " has the name 'before-upgrade' already");
        assertThat(TinyRepository.names(storage)).noneMatch(name -> name.value().contains("attempts/"));
        assertThat(cluster.cluster(storage).backups()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"FAIL", "FAIL_AFTER", "CRASH", "CRASH_AFTER"})
    void brokenAtAnyStepThereIsABackupWithItsPinOrNoneAndTheNameIsFree(FaultyStorage.Fault fault) {
        ColdCluster cluster = new ColdCluster(directory, clock, SEED);
        MemoryStorage whole = new MemoryStorage();
        FaultyStorage counting = new FaultyStorage(whole, fault, Long.MAX_VALUE, SEED);
        BackupRecord _ = cluster.backup(counting, MARKED);
        for (long at = counting.steps(); at > Math.max(0, counting.steps() - 25); at--) {
            MemoryStorage storage = new MemoryStorage();
            FaultyStorage faulty = new FaultyStorage(storage, fault, at, SEED);
            try {
                BackupRecord _ = cluster.backup(faulty, MARKED);
            } catch (PgkeepException | FaultyStorage.Crash e) {
                // What it left is looked at next.
            }
            List<BackupRecord> found = Repository.open(storage, clock)
                    .findCluster(TinyRepository.MAIN)
                    .map(ClusterStore::backups)
                    .orElse(List.of());
            found.forEach(backup -> assertMarked(cluster, storage, backup));
            clock.move(61);
            if (found.isEmpty()) {
                BackupRecord next = cluster.backup(storage, MARKED);
                assertThat(cluster.cluster(storage).label("before-upgrade"))
                        .as(faulty.toString())
                        .isEqualTo(next.label());
            }
            assertThat(cluster.findings(storage))
                    .as(faulty.toString())
                    .noneMatch(finding -> finding.severity() == Finding.Severity.ERROR);
            clock.move(-61);
        }
    }
}
