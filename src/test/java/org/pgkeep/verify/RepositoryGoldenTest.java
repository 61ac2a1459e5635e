package org.pgkeep.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.GoldenRepository;
import org.pgkeep.repository.Ledger;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Validation;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

/** What format 1 was when it was released, read by every build since. */
class RepositoryGoldenTest {
    private Storage storage = new MemoryStorage();

    @BeforeEach
    void open() throws IOException, URISyntaxException {
        storage = GoldenRepository.open(1);
    }

    @Test
    void itsBackupIsFoundAndSound() {
        Verify.Result result = new Verify(repository(), InstantSource.system(), Progress.SILENT)
                .run(Verify.Request.look(true, true, 1));
        assertThat(result.findings()).isEmpty();
        assertThat(result.counts())
                .isEqualTo(new Verify.Counts(1, 1, 1, 3, 3, result.counts().storedBytes(), 0));
    }

    @Test
    void itsRecordSaysWhatWasWritten() {
        BackupRecord backup = cluster().backup(GoldenRepository.LABEL);
        assertThat(backup.systemIdentifier()).isEqualTo(TinyRepository.SYSTEM_IDENTIFIER);
        assertThat(backup.majorVersion()).isEqualTo("17");
        assertThat(backup.online()).isTrue();
        assertThat(backup.started()).isEqualTo(Instant.parse("2026-11-21T20:30:00Z"));
        assertThat(backup.startLsn()).isEqualTo(TinyRepository.START);
        assertThat(backup.stopLsn()).isEqualTo(TinyRepository.STOP);
        assertThat(backup.sizes().files()).isEqualTo(3);
        assertThat(backup.sizes().clusterBytes()).isEqualTo(5 * 8192 + 3);
        assertThat(backup.firstSegment().map(Object::toString)).contains(GoldenRepository.FIRST_SEGMENT);
        assertThat(backup.lastSegment().map(Object::toString)).contains(GoldenRepository.LAST_SEGMENT);
    }

    @Test
    void itsMarkIsRead() {
        assertThat(cluster().marks().of(GoldenRepository.LABEL)).isEqualTo(GoldenRepository.mark());
    }

    @Test
    void itsLedgerIsRead() {
        Ledger ledger = cluster().ledger().read();
        assertThat(ledger.look(GoldenRepository.LABEL, 1, Validation.Depth.SCRUB))
                .contains(Instant.parse("2026-11-29T03:00:00Z"));
        assertThat(ledger.look(GoldenRepository.LABEL, 1, Validation.Depth.DEEP))
                .contains(Instant.parse("2026-11-22T03:00:00Z"));
        assertThat(ledger.wal(1).list())
                .isEqualTo(GoldenRepository.ledger().wal(1).list());
    }

    @Test
    void itsFilesAreRead() {
        GoldenRepository.files()
                .forEach((path, content) -> assertThat(TinyRepository.read(cluster(), GoldenRepository.LABEL, path))
                        .as(path)
                        .isEqualTo(content));
    }

    @Test
    void itsWalIsRead() throws IOException {
        WalArchive wal = cluster().wal();
        for (String name : List.of(GoldenRepository.FIRST_SEGMENT, GoldenRepository.LAST_SEGMENT)) {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            wal.copyTo(wal.find(name).orElseThrow(), target);
            assertThat(target.toByteArray()).isEqualTo(TinyRepository.segment(name, 1));
        }
        assertThat(wal.find("00000002.history")).isPresent();
    }

    private Repository repository() {
        return Repository.open(storage, InstantSource.system());
    }

    private ClusterStore cluster() {
        return repository().cluster(TinyRepository.MAIN);
    }
}
