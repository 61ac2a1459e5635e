package org.pgkeep.storage.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

class ThrottleTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong time = new AtomicLong(-5);
    private final Throttle throttle = new Throttle(1000, time::get, time::addAndGet);

    private double passed() {
        return (time.get() + 5) / (double) SECOND;
    }

    @Test
    void onTheAverageNoMoreBytesPassThanAreAllowed() {
        for (int i = 0; i < 100; i++) {
            throttle.pass(50);
        }
        throttle.pass(0);
        assertThat(passed()).isEqualTo(5.0);
    }

    @Test
    void whoAskedLittleMayNotAskForMoreAtOnceLater() {
        throttle.pass(10);
        time.addAndGet(3600 * SECOND);
        long before = time.get();
        throttle.pass(2000);
        throttle.pass(1);
        assertThat(time.get() - before).isEqualTo(2 * SECOND);
    }

    @Test
    void readsOfAStoreWaitAndNothingElseDoes() {
        try (Storage storage = new ThrottledStorage(new MemoryStorage(), throttle)) {
            ObjectName name = new ObjectName("a/b");
            assertThat(storage.create(name, new byte[4000])).isTrue();
            assertThat(storage.info(name)).isPresent();
            assertThat(passed()).isZero();
            try (ObjectReader reader = storage.open(name).orElseThrow()) {
                reader.read(0, ByteBuffer.allocate(4000));
                reader.read(1000, ByteBuffer.allocate(1000));
            }
        }
        throttle.pass(0);
        assertThat(passed()).isEqualTo(5.0);
    }

    @Test
    void anInterruptEndsTheWaiting() {
        Throttle slow = new Throttle(1);
        slow.pass(1_000_000);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> slow.pass(1))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TERMINATED));
        assertThat(Thread.interrupted()).isTrue();
    }
}
