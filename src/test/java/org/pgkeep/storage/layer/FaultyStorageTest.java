package org.pgkeep.storage.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageContract;
import org.pgkeep.storage.layer.FaultyStorage.Fault;
import org.pgkeep.storage.memory.MemoryStorage;

/** As long as nothing breaks it is a store like any other; and each fault does what its name says. */
final class FaultyStorageTest extends StorageContract {
    private static final ObjectName NAME = new ObjectName("folder/object");

    private final MemoryStorage inner = new MemoryStorage();

    @Override
    protected Storage make() {
        return new FaultyStorage(new MemoryStorage(), Fault.FAIL, Long.MAX_VALUE, 1);
    }

    @Test
    void aFailureHitsOneStepAndWhatFollowsWorks() {
        FaultyStorage faulty = new FaultyStorage(inner, Fault.FAIL, 1, 1);
        assertThatExceptionOfType(PgkeepException.class).isThrownBy(() -> faulty.create(NAME, new byte[1]));
        assertThat(faulty.fired()).isTrue();
        assertThat(inner.info(NAME)).isEmpty();
        assertThat(faulty.create(NAME, new byte[1])).isTrue();
    }

    @Test
    void aFailureAfterwardsLeavesTheChange() {
        FaultyStorage faulty = new FaultyStorage(inner, Fault.FAIL_AFTER, 1, 1);
        assertThatExceptionOfType(PgkeepException.class).isThrownBy(() -> faulty.create(NAME, new byte[1]));
        assertThat(inner.info(NAME)).isPresent();
    }

    @Test
    void everyStepOfAScenarioIsHitOnce() {
        int n = 1;
        for (; n < 100; n++) {
            var store = new MemoryStorage();
            FaultyStorage faulty = new FaultyStorage(store, Fault.CRASH, n, 1);
            try {
                scenario(faulty);
            } catch (FaultyStorage.Crash _) {
                assertThat(store.info(NAME).isPresent()).as("%s", faulty).isEqualTo(n > 3);
                assertThatExceptionOfType(FaultyStorage.Crash.class).isThrownBy(() -> faulty.info(NAME));
                continue;
            }
            assertThat(faulty.fired()).isFalse();
            break;
        }
        assertThat(n)
                .as("start, write, commit, look, open, read, list: seven steps")
                .isEqualTo(8);
    }

    private static void scenario(Storage storage) {
        try (var writer = storage.write(NAME)) {
            writer.write(ByteBuffer.allocate(10));
            writer.commit();
        }
        storage.info(NAME);
        try (ObjectReader reader = storage.open(NAME).orElseThrow()) {
            reader.read(0, ByteBuffer.allocate(10));
        }
        storage.list("").close();
    }

    @Test
    void aCrashAfterwardsLeavesTheChange() {
        FaultyStorage faulty = new FaultyStorage(inner, Fault.CRASH_AFTER, 1, 1);
        assertThatThrownBy(() -> scenario(faulty)).isInstanceOf(FaultyStorage.Crash.class);
        assertThat(inner.info(NAME)).isPresent();
    }

    @Test
    void aTornObjectIsReportedAndIsTheFrontOfWhatWasWritten() {
        FaultyStorage faulty = new FaultyStorage(inner, Fault.TEAR, 2, 5);
        try (var writer = faulty.write(NAME)) {
            writer.write(ByteBuffer.wrap(bytes("0123456789")));
            writer.write(ByteBuffer.wrap(bytes("abcdefghij")));
            writer.write(ByteBuffer.wrap(bytes("ABCDEFGHIJ")));
            assertThat(writer.size()).isEqualTo(30);
            assertThat(writer.commit()).isTrue();
        }
        assertThat("0123456789abcdefghij")
                .startsWith(content())
                .hasSizeGreaterThan(content().length());
        assertThat(content()).startsWith("0123456789");
    }

    @Test
    void aLostChangeIsReportedAndNotMade() {
        FaultyStorage losingTheCommit = new FaultyStorage(inner, Fault.LOSE, 1, 1);
        assertThat(losingTheCommit.create(NAME, new byte[1])).isTrue();
        assertThat(inner.info(NAME)).isEmpty();
        inner.create(NAME, new byte[1]);
        FaultyStorage losingTheDeletion = new FaultyStorage(inner, Fault.LOSE, 1, 1);
        assertThat(losingTheDeletion.delete(NAME)).isTrue();
        assertThat(inner.info(NAME)).isPresent();
    }

    @Test
    void aFlippedBitIsOneBit() {
        byte[] content = new byte[1000];
        new FaultyStorage(inner, Fault.FLIP, 1, 9).create(NAME, content);
        ByteBuffer stored = ByteBuffer.allocate(1000);
        inner.open(NAME).orElseThrow().read(0, stored);
        int bits = 0;
        for (byte b : stored.array()) {
            bits += Integer.bitCount(b & 0xff);
        }
        assertThat(bits).isEqualTo(1);
    }

    @Test
    void aBitFlippedInReadingIsSoundInTheStore() {
        inner.create(NAME, bytes("0123456789"));
        ByteBuffer read = ByteBuffer.allocate(10);
        new FaultyStorage(inner, Fault.FLIP, 1, 9).open(NAME).orElseThrow().read(0, read);
        assertThat(Arrays.equals(read.array(), bytes("0123456789"))).isFalse();
        assertThat(content()).isEqualTo("0123456789");
    }

    private String content() {
        try (ObjectReader reader = inner.open(NAME).orElseThrow()) {
            ByteBuffer target = ByteBuffer.allocate((int) reader.size());
            reader.read(0, target);
            return new String(target.array(), java.nio.charset.StandardCharsets.US_ASCII);
        }
    }
}
