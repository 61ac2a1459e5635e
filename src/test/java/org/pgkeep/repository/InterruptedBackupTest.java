package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.storage.posix.PosixOptions;
import org.pgkeep.storage.posix.PosixStorage;

/** On a file system: there an interrupt closes the files that its thread uses. */
class InterruptedBackupTest {
    private static final Owner OTHER = new Owner("otherhost", 12, "00000000-0000-0000-0000-000000000002");

    @TempDir
    private Path directory;

    @Test
    void anInterruptedBackupLeavesNothingAndGivesItsLeaseBack() {
        try (PosixStorage storage = PosixStorage.create(directory.resolve("repository"), PosixOptions.DEFAULT);
                Repository repository = Repository.openOrCreate(storage, InstantSource.system())) {
            ClusterStore cluster = repository.register(new ClusterName("main"), 1, "17");
            BackupWriter writer = cluster.begin(BackupType.FULL, TinyRepository.OWNER);
            Label label = writer.label();
            Thread.currentThread().interrupt();
            writer.close();
            assertThat(Thread.interrupted())
                    .as("the interrupt is kept for the caller")
                    .isTrue();

            assertThat(directory.resolve("repository/clusters/main/attempts/" + label + ".json"))
                    .doesNotExist();
            // Would fail with HELD, or wait.
            cluster.begin(BackupType.FULL, OTHER).close();
        }
    }
}
