package org.pgkeep.storage.posix;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageContract;

/** The contract, where a file system lacks hard links. */
final class PosixWithoutHardLinksTest extends StorageContract {
    @TempDir
    private Path directory;

    @Override
    protected Storage make() {
        return PosixStorage.openWithoutHardLinks(directory);
    }
}
