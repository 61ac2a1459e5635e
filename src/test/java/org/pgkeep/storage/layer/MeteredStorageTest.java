package org.pgkeep.storage.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageContract;
import org.pgkeep.storage.memory.MemoryStorage;

final class MeteredStorageTest extends StorageContract {
    @Override
    protected Storage make() {
        return new MeteredStorage(new MemoryStorage());
    }

    @Test
    void whatHappensIsCounted() {
        var metered = new MeteredStorage(new MemoryStorage());
        metered.create(name("a"), bytes("four"));
        metered.create(name("a"), bytes("four"));
        metered.replace(name("a"), "stale", bytes("four"));
        metered.replace(name("a"), metered.info(name("a")).orElseThrow().version(), bytes("five!"));
        try (var writer = metered.write(name("b"))) {
            writer.write(ByteBuffer.allocate(100));
            writer.write(ByteBuffer.allocate(10));
            writer.commit();
        }
        try (ObjectReader reader = metered.open(name("b")).orElseThrow()) {
            reader.read(0, ByteBuffer.allocate(30));
            reader.read(50, ByteBuffer.allocate(3));
        }
        metered.open(name("none"));
        metered.list("").close();
        metered.children("").close();
        metered.delete(name("b"));
        metered.delete(name("b"));
        assertThat(metered.use()).isEqualTo(new StorageUse(2, 1, 1, 127, 1, 2, 33, 1, 2));
    }
}
