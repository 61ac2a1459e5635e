package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.harness.Wait;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

class LeaseTest {
    private static final ObjectName NAME = new ObjectName("leases/backup.json");
    private static final Owner OTHER = new Owner("otherhost", 12, "00000000-0000-0000-0000-000000000002");

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final List<String> told = new CopyOnWriteArrayList<>();

    @Test
    void aLeaseIsHeldByOne() {
        take(TinyRepository.OWNER);
        clock.move(5);
        assertCode(() -> take(OTHER), ErrorCode.HELD);
        assertThatThrownBy(() -> take(OTHER))
                .hasMessage(
                        "the backup of process 4711 on dbhost works on this cluster since 2026-11-21T20:30:00Z, for 5.0 s,"
                                + " and holds it until 2026-11-21T20:31:00Z unless it goes on");
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
        assertThat(told)
                .containsExactly("took over the lease of the backup of process 4711 on dbhost,"
                        + " which shows no sign of life since 2026-11-21T20:30:00Z");
    }

    @Test
    void aLeaseOfAProcessOfThisMachineThatWasKilledIsTakenOverAtOnce() throws Exception {
        Process process = new ProcessBuilder("sleep", "600").start();
        Owner killed = LifeTest.owner(process);
        take(killed);
        clock.move(1);
        assertCode(() -> take(OTHER), ErrorCode.HELD);
        assertThat(leases().holder().map(LeaseRecord::owner)).contains(killed);
        process.destroyForcibly().waitFor();
        assertThat(leases().holder()).isEmpty();
        take(OTHER).assertHeld();
        assertThat(told)
                .containsExactly("took over the lease of the backup of process " + process.pid()
                        + " on thishost, which has ended without giving it back");
        assertThat(fence()).isEqualTo(2);
    }

    @Test
    void allWorkThatChangesBackupsWantsTheSameLease() {
        Lease expire = leases().takeNow(Work.EXPIRE, TinyRepository.OWNER, _ -> {});
        assertThatThrownBy(() -> take(OTHER)).hasMessageStartingWith("the expire of process 4711 on dbhost");
        assertThat(leases().holder().map(LeaseRecord::work)).contains(Work.EXPIRE);
        expire.close();
        assertThat(leases().holder()).isEmpty();
    }

    @Test
    void aLeaseKeepsItselfAliveUntilItIsClosed() {
        Leases often = new Leases(storage, NAME, clock, Duration.ofMillis(40), () -> {});
        Lease lease = often.take(Work.BACKUP, TinyRepository.OWNER, Leases.Patience.NONE);
        Instant expiry = lease.record().expiry();
        clock.move(1);
        Wait.until("a refresh", () -> lease.record().expiry().isAfter(expiry));
        lease.close();
        assertThat(often.holder()).isEmpty();
    }

    @Test
    void whoLostItsLeaseLearnsItFromTheNextBeat() {
        Leases often = new Leases(storage, NAME, clock, Duration.ofMillis(40), () -> {});
        try (Lease lease = often.take(Work.BACKUP, TinyRepository.OWNER, Leases.Patience.NONE)) {
            TinyRepository.overwrite(
                    storage,
                    NAME,
                    LeaseRecord.taken(Work.DELETE, OTHER, clock.instant(), Leases.TERM_DEFAULT, 2)
                            .print());
            Wait.until("a beat", () -> {
                try {
                    lease.checkHeld();
                    return false;
                } catch (PgkeepException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST);
                    return true;
                }
            });
            assertCode(lease::assertHeld, ErrorCode.LEASE_LOST);
        }
        assertThat(often.holder().map(LeaseRecord::owner)).contains(OTHER);
    }

    @Test
    void aLeaseIsTakenAwayAlsoFromWhoRefreshesItMeanwhile() {
        Lease running = take(TinyRepository.OWNER);
        clock.move(20);
        Interposed storage = new Interposed(this.storage, NAME.value(), running::refresh);
        Leases others = new Leases(storage, NAME, clock, Leases.TERM_DEFAULT, () -> {});
        assertThat(others.takeAway(running.record(), OTHER)).isTrue();
        assertCode(running::assertHeld, ErrorCode.LEASE_LOST);
        assertThat(others.holder()).isEmpty();
    }

    @Test
    void aLeaseIsNotTakenAwayFromWhoGivesItBackMeanwhile() {
        Lease ending = take(TinyRepository.OWNER);
        Interposed storage = new Interposed(this.storage, NAME.value(), ending::close);
        Leases others = new Leases(storage, NAME, clock, Leases.TERM_DEFAULT, () -> {});
        assertThat(others.takeAway(ending.record(), OTHER)).isFalse();
        assertThat(fence()).isEqualTo(1);
    }

    @Test
    void whoWaitsGetsTheLeaseWhenItIsGivenBack() throws Exception {
        Lease first = leases().take(Work.BACKUP, TinyRepository.OWNER, Leases.Patience.NONE);
        CountDownLatch waits = new CountDownLatch(1);
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Leases.Patience patience = new Leases.Patience(Duration.ofHours(1), _ -> waits.countDown());
            Future<Lease> second = thread.submit(() -> leases().take(Work.BACKUP, OTHER, patience));
            waits.await();
            first.refresh();
            first.close();
            second.get().close();
        }
    }

    @Test
    void whoWaitsNoLongerIsToldAsSoonAsTheOtherShowsThatItLives() throws Exception {
        Lease first = take(TinyRepository.OWNER);
        CountDownLatch waits = new CountDownLatch(1);
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Leases.Patience patience = new Leases.Patience(Duration.ZERO, _ -> waits.countDown());
            Future<Lease> second = thread.submit(() -> leases().take(Work.BACKUP, OTHER, patience));
            waits.await();
            clock.move(1);
            first.refresh();
            assertThatThrownBy(second::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HELD));
        }
    }

    @Test
    void whoWaitsGetsALeaseThatIsGivenBackBetweenTheTryAndTheNextLook() {
        Lease first = take(TinyRepository.OWNER);
        AtomicInteger looks = new AtomicInteger();
        Storage worst = (Storage) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Storage.class}, (_, method, arguments) -> {
                    if (method.getName().equals("info") && looks.incrementAndGet() == 2) {
                        first.close();
                    }
                    return method.invoke(storage, arguments);
                });
        Leases leases = new Leases(worst, NAME, clock, Leases.TERM_DEFAULT, () -> {});
        leases.take(Work.EXPIRE, OTHER, Leases.Patience.NONE).close();
        assertThat(fence()).isEqualTo(2);
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
    void whoSleptInTheMiddleOfARefreshLearnsByWhomItWasReplaced() {
        AtomicReference<Runnable> asleep = new AtomicReference<>(() -> {});
        InstantSource sleepy = () -> {
            asleep.getAndSet(() -> {}).run();
            return clock.instant();
        };
        Lease slept = new Leases(storage, NAME, sleepy, Leases.TERM_DEFAULT, () -> {})
                .takeNow(Work.BACKUP, TinyRepository.OWNER, told::add);
        asleep.set(() -> {
            clock.move(61);
            take(OTHER);
        });
        assertThatThrownBy(slept::refresh).hasMessageEndingWith("taken by process 12 on otherhost");
        assertThat(fence()).isEqualTo(2);
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
        return leases().takeNow(Work.BACKUP, owner, told::add);
    }

    private Leases leases() {
        return new Leases(storage, NAME, clock, Leases.TERM_DEFAULT, () -> {});
    }

    private long fence() {
        return Json.parse(TinyRepository.bytes(storage, NAME), "lease", LeaseRecord.FORMAT)
                .number("fence");
    }

    private static void assertCode(Runnable action, ErrorCode code) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
