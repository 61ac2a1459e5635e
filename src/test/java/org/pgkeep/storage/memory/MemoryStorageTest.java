package org.pgkeep.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageContract;

final class MemoryStorageTest extends StorageContract {
    @Override
    protected Storage make() {
        return new MemoryStorage();
    }

    @Test
    void objectsCarryTheTimeOfTheGivenClock() {
        Instant time = Instant.parse("2026-11-21T20:30:00Z");
        Storage storage = new MemoryStorage(() -> time);
        storage.create(name("a"), bytes("x"));
        assertThat(storage.info(name("a")).orElseThrow().modified()).isEqualTo(time);
    }

    @Test
    void whatIsStoredIsACopy() {
        byte[] content = bytes("one");
        storage().create(name("a"), content);
        content[0] = 'X';
        assertThat(read("a")).isEqualTo("one");
    }
}
