package org.pgkeep.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.memory.MemoryStorage;

/** The backup begins in the third segment and ends in the fourth. */
class WalGapsTest {
    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);

    @TempDir
    private Path directory;

    private void archive(int... numbers) throws IOException {
        for (int number : numbers) {
            String name = "0000000100000000%08X".formatted(number);
            Path file = Files.write(directory.resolve(name), TinyRepository.segment(name, number));
            cluster.wal().push(name, file, Compression.DEFAULT);
        }
    }

    private List<String> findings() {
        return new Verify(Repository.open(storage, clock), clock, Progress.SILENT)
                .run(Verify.Request.look(false, true, 1)).findings().stream()
                        .filter(finding -> finding.severity() == Finding.Severity.WARNING)
                        .map(Finding::message)
                        .toList();
    }

    @Test
    void whatIsMissingBehindTheNewestBackupIsTold() throws IOException {
        TinyRepository.backup(cluster, clock, TinyRepository.files(1), true, Compression.DEFAULT);
        archive(1, 3, 4, 5, 7, 8, 11);
        assertThat(findings())
                .satisfiesExactly(
                        one -> assertThat(one)
                                .startsWith("WAL segment 000000010000000000000006 is missing in ")
                                .endsWith(", and there is WAL behind, to which no backup leads"),
                        more -> assertThat(more)
                                .startsWith("WAL segments 000000010000000000000009 to 00000001000000000000000A are"));
        archive(6, 9, 10);
        assertThat(findings()).as("before the first backup it does not matter").isEmpty();
    }

    @Test
    void whatIsBeforeABackupIsOfThePast() throws IOException {
        archive(1, 3, 4, 5);
        TinyRepository.coldBackup(cluster, clock, TinyRepository.files(1));
        assertThat(findings()).isEmpty();
    }

    @Test
    void withoutABackupThereIsNothingToLeadAnywhere() throws IOException {
        archive(3, 5);
        assertThat(findings()).isEmpty();
    }
}
