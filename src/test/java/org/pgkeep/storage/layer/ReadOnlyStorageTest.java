package org.pgkeep.storage.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

final class ReadOnlyStorageTest {
    private static final ObjectName NAME = new ObjectName("folder/object");

    private final MemoryStorage inner = new MemoryStorage();
    private final ReadOnlyStorage storage = new ReadOnlyStorage(inner);

    @Test
    void everyChangeIsRefusedAndChangesNothing() {
        inner.create(NAME, new byte[3]);
        ObjectInfo before = inner.info(NAME).orElseThrow();
        List<ThrowingCallable> changes = List.of(
                () -> storage.write(NAME),
                () -> storage.create(new ObjectName("other"), new byte[1]),
                () -> storage.replace(NAME, before.version(), new byte[1]),
                () -> storage.delete(NAME),
                () -> storage.sweepAbandoned("", Instant.MAX));
        for (ThrowingCallable change : changes) {
            assertThatExceptionOfType(PgkeepException.class)
                    .isThrownBy(change)
                    .extracting(PgkeepException::code)
                    .isEqualTo(ErrorCode.PERMISSION);
        }
        assertThat(inner.list("")).containsExactly(before);
    }

    @Test
    void readingGoesThrough() {
        inner.create(NAME, new byte[3]);
        assertThat(storage.info(NAME)).isEqualTo(inner.info(NAME));
        assertThat(storage.open(NAME)).isPresent();
        assertThat(storage.list("")).hasSize(1);
        assertThat(storage.children("")).containsExactly("folder");
        assertThat(storage.names("")).containsExactly("folder");
        assertThat(storage.location(NAME)).isEqualTo(inner.location(NAME));
        assertThat(storage.traits()).isEqualTo(inner.traits());
    }
}
