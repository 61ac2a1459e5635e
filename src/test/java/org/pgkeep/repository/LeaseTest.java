package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

class LeaseTest {
    private static final ObjectName NAME = new ObjectName("leases/backup.json");
    private static final Owner OTHER = new Owner("otherhost", 12, "00000000-0000-0000-0000-000000000002");

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();

    @Test
    void aLeaseIsHeldByOne() {
        take(TinyRepository.OWNER);
        assertCode(() -> take(OTHER), ErrorCode.HELD);
        assertThatThrownBy(() -> take(OTHER))
                .hasMessage("another backup works on this cluster: process 4711 on dbhost,"
                        + " until 2026-11-21T20:31:00Z unless it goes on");
    }

    @Test
    void aLeaseThatWasGivenBackIsFreeAtOnce() {
        take(TinyRepository.OWNER).close();
        take(OTHER).assertHeld();
    }

    @Test
    void aLeaseRunsOut() {
        Lease first = take(TinyRepository.OWNER);
        clock.move(60);
        assertCode(first::assertHeld, ErrorCode.LEASE_LOST);
        Lease second = take(OTHER);
        second.assertHeld();
        assertCode(first::refresh, ErrorCode.LEASE_LOST);
    }

    @Test
    void aRefreshProlongsIt() {
        Lease lease = take(TinyRepository.OWNER);
        for (int i = 0; i < 10; i++) {
            clock.move(45);
            lease.refresh();
            assertCode(() -> take(OTHER), ErrorCode.HELD);
        }
        lease.assertHeld();
    }

    /** A process that slept does not know that its term ended; the fencing number and the owner tell it. */
    @Test
    void whoSleptThroughItsTermFindsItselfReplaced() {
        Lease slept = take(TinyRepository.OWNER);
        clock.move(61);
        take(OTHER).close();
        clock.move(-61);
        assertThat(slept.isOver()).isFalse();
        assertThat(slept.isOurs()).isFalse();
        assertCode(slept::assertHeld, ErrorCode.LEASE_LOST);
        slept.close();
        clock.move(61);
        assertThat(fence()).as("closing what is lost changes nothing").isEqualTo(2);
    }

    @Test
    void theFencingNumberOnlyGrows() {
        for (int expected = 1; expected < 5; expected++) {
            Lease lease = take(expected % 2 == 0 ? OTHER : TinyRepository.OWNER);
            assertThat(fence()).isEqualTo(expected);
            if (expected % 2 == 0) {
                lease.close();
            } else {
                clock.move(60);
            }
        }
    }

    @Test
    void aClockThatIsBehindTheHoldersIsAnErrorThatSaysSo() {
        take(TinyRepository.OWNER);
        clock.move(-600);
        assertThatThrownBy(() -> take(OTHER))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOCK))
                .hasMessageContaining("2026-11-21T20:20:00Z")
                .hasMessageContaining("2026-11-21T20:31:00Z");
    }

    @Test
    void ofManyThatWantItAtOnceOneGetsIt() throws Exception {
        int count = 8;
        CyclicBarrier start = new CyclicBarrier(count);
        List<Future<Boolean>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            for (int i = 0; i < count; i++) {
                Owner owner = new Owner("host" + i, i, "id" + i);
                results.add(threads.submit(() -> {
                    start.await();
                    try {
                        take(owner);
                        return true;
                    } catch (PgkeepException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.HELD);
                        return false;
                    }
                }));
            }
        }
        int winners = 0;
        for (Future<Boolean> result : results) {
            winners += result.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
    }

    private Lease take(Owner owner) {
        return Lease.take(storage, NAME, owner, clock);
    }

    private long fence() {
        return Json.parse(TinyRepository.bytes(storage, NAME), "lease", Lease.FORMAT)
                .number("fence");
    }

    private static void assertCode(Runnable action, ErrorCode code) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
