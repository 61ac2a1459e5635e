package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void asManyCalculateAsThereAreJobs() {
        var turns = Turns.withWriters(2);
        var calculating = new AtomicInteger();
        var most = new AtomicInteger();

        new Crew().work(turns.workers(), isStopped -> {
            for (int i = 0; i < 200; i++) {
                turns.take();
                most.accumulateAndGet(calculating.incrementAndGet(), Math::max);
                Thread.onSpinWait();
                calculating.decrementAndGet();
                turns.give();
            }
        });

        assertThat(turns.workers()).isEqualTo(4);
        assertThat(most.get()).isBetween(1, 2);
        turns.take();
        turns.take();
    }

    @Test
    void whoWritesKeepsNobodyFromCalculating() {
        var turns = Turns.withWriters(1);
        var anotherCalculated = new CountDownLatch(1);
        var first = new AtomicInteger();

        new Crew().work(turns.workers(), isStopped -> {
            turns.take();
            try {
                if (first.getAndIncrement() == 0) {
                    assertThat(turns.without(() -> await(anotherCalculated))).isTrue();
                } else {
                    anotherCalculated.countDown();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } finally {
                turns.give();
            }
        });
    }

    @Test
    void aWriteThatFailsTakesItsTurnBack() throws Exception {
        var turns = Turns.withWriters(1);
        turns.take();

        assertThatThrownBy(() -> turns.without(() -> {
                    throw new IOException("no space");
                }))
                .hasMessage("no space");
        var another = Thread.ofPlatform().start(turns::take);
        assertThat(another.join(Duration.ofMillis(200))).isFalse();
        turns.give();
        assertThat(another.join(LONG)).isTrue();
    }

    @Test
    void manyJobsNeedFewWorkersMore() {
        assertThat(Turns.withWriters(64).workers()).isLessThan(80);
        assertThat(Turns.of(64).workers()).isEqualTo(64);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
