package org.pgkeep.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgkeep.repository.LargeRepository;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.layer.MeteredStorage;
import org.pgkeep.storage.layer.StorageUse;
import org.pgkeep.storage.memory.MemoryStorage;

/** What a listing asks of a store: one object a backup, one list a folder of WAL, and nothing for each segment. */
class CatalogueCostTest {
    private static final int BACKUPS = 400;
    private static final int SEGMENTS = 8000;
    private static final int FOLDERS = SEGMENTS / 256 + 2;

    /** The repository's own records, and what is asked for each span of moments. */
    private static final int FEW = 20;

    @Test
    void aListingOpensOneObjectABackupAndListsEachFolderOfWalOnce() {
        MemoryStorage memory = new MemoryStorage();
        new LargeRepository(BACKUPS, SEGMENTS, (name, content, _, _) -> memory.create(name, content)).make();
        MeteredStorage metered = new MeteredStorage(memory);
        Info info = new Info(Repository.open(metered, InstantSource.system()), InstantSource.system());
        ClusterReport report = info.report(Optional.empty()).clusters().getFirst();
        assertThat(report.backups()).hasSize(BACKUPS);
        assertThat(report.wal().stream()
                        .mapToLong(range -> range.held().orElseThrow().segments())
                        .sum())
                .as("all but the lost ones")
                .isEqualTo(SEGMENTS - SEGMENTS / 1000 - 1);
        StorageUse use = metered.use();
        assertThat(use.opened()).isLessThanOrEqualTo(BACKUPS + FEW);
        assertThat(use.listed()).isLessThanOrEqualTo(FOLDERS + FEW);
        assertThat(use.looked()).isLessThanOrEqualTo(FEW);
        assertThat(use.written() + use.replaced() + use.deleted()).isZero();
    }
}
