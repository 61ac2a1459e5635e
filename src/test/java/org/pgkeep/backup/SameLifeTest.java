package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.memory.MemoryStorage;

class SameLifeTest {
    private static final String SEGMENT = "000000010000000000000004";

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final ClusterStore cluster = TinyRepository.cluster(new MemoryStorage(), clock);
    private BackupRecord base;

    @TempDir
    private Path pgWal;

    @BeforeEach
    void backUp() {
        base = TinyRepository.backup(cluster, clock, TinyRepository.files(1), true, Compression.DEFAULT);
        clock.move(3600);
    }

    @Test
    void aServerThatRunsSinceIsTheSame() {
        assertThat(doubt(Optional.of(base.stopped().minusSeconds(1)))).isEmpty();
        assertThat(doubt(Optional.of(base.stopped().plusSeconds(1))))
                .contains("nothing proves that this server was not set back to before backup " + base.label()
                        + ": it was started since, and pg_wal has nothing from the backup's end any more");
        assertThat(doubt(Optional.empty())).as("stopped").isPresent();
    }

    @Test
    void oneThatIsWhereTheBackupEndedIsTheSame() {
        assertThat(new SameLife(cluster, pgWal, Optional.empty(), TinyRepository.STOP).doubt(base))
                .isEmpty();
    }

    @Test
    void itsBackupHistoryFileProvesIt() throws IOException {
        Path history = pgWal.resolve("000000010000000000000003.00000028.backup");
        Files.writeString(history, "STOP WAL LOCATION: 0/400100\n" + base.backupLabelFile());
        assertThat(doubt(Optional.empty())).isEmpty();
        Files.writeString(history, base.backupLabelFile().replace("000003", "000005"));
        assertThat(doubt(Optional.empty())).as("another backup").isPresent();
    }

    @Test
    void theSegmentInWhichItEndedProvesItIfTheArchiveHasTheSame() throws IOException {
        Path segment = Files.write(pgWal.resolve(SEGMENT), TinyRepository.segment(SEGMENT, 1));
        assertThat(doubt(Optional.empty())).as("not archived").isPresent();
        cluster.wal().push(SEGMENT, segment, Compression.DEFAULT);
        assertThat(doubt(Optional.empty())).isEmpty();
        byte[] longer = TinyRepository.segment(SEGMENT, 1);
        longer[0x100] ^= 1;
        Files.write(segment, longer);
        assertThat(doubt(Optional.empty()))
                .as("what came later does not matter")
                .isEmpty();
        longer[0xFF] ^= 1;
        Files.write(segment, longer);
        assertThat(doubt(Optional.of(base.started().minusSeconds(9))))
                .as("of another life, in memory since before it")
                .contains("this server was set back to before the end of backup " + base.label()
                        + ": pg_wal has other WAL of segment " + SEGMENT);
    }

    @Test
    void aYoungerBackupThatWasBuiltOnItProvesIt() throws IOException {
        BackupRecord younger = TinyRepository.incremental(cluster, clock, base.label(), Map.of());
        Optional<Instant> between = Optional.of(base.stopped().plusSeconds(1));
        assertThat(doubt(between)).isEmpty();
        Optional<Instant> after = Optional.of(younger.stopped().plusSeconds(1));
        assertThat(doubt(after)).isPresent();
        clock.move(3600);
        BackupRecord full = TinyRepository.backup(cluster, clock, Map.of(), true, Compression.DEFAULT);
        assertThat(doubt(Optional.of(full.stopped().minusSeconds(1))))
                .as("a full one says nothing of those before it")
                .isPresent();
    }

    private Optional<String> doubt(Optional<Instant> started) {
        return new SameLife(cluster, pgWal, started, new Lsn(0x700000)).doubt(base);
    }
}
