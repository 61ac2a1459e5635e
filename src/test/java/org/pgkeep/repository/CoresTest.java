package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CoresTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);

    @Test
    void asManyAreTakenAsThereAre() throws Exception {
        var cores = Cores.of(2);
        var first = cores.take();
        var second = cores.take();

        var third = Thread.ofPlatform().daemon().start(cores::take);

        assertThat(third.join(SHORT)).isFalse();
        second.release();
        assertThat(third.join(LONG)).isTrue();
        second.release();
        assertThat(Thread.ofPlatform().daemon().start(cores::take).join(SHORT))
                .as("given back once")
                .isFalse();
        first.release();
    }

    @Test
    void whoWaitsKeepsNobodyFromComputing() throws Exception {
        var cores = Cores.of(1);
        var core = cores.take();
        var another = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> {
            var taken = cores.take();
            another.countDown();
            taken.release();
        });

        assertThat(core.without(() -> await(another))).isTrue();
        assertThat(Thread.ofPlatform().daemon().start(cores::take).join(SHORT))
                .as("it is taken again")
                .isFalse();
    }

    @Test
    void oneIsTakenAgainAfterAFailure() throws Exception {
        var cores = Cores.of(1);
        var core = cores.take();

        assertThatThrownBy(() -> core.without(() -> {
                    throw new IOException("no space");
                }))
                .hasMessage("no space");

        var another = Thread.ofPlatform().daemon().start(cores::take);
        assertThat(another.join(SHORT)).isFalse();
        core.release();
        assertThat(another.join(LONG)).isTrue();
    }

    @Test
    void whoWaitsLeavesItsMemoryToAnother() throws Exception {
        var cores = Cores.withMemory(1);
        var core = cores.take();
        var memory = core.memory();

        boolean same = core.without(() -> {
            var taken = cores.take();
            boolean itIs = taken.memory() == memory;
            taken.release();
            return itIs;
        });

        assertThat(memory).isNotNull();
        assertThat(same).isTrue();
        assertThat(core.memory()).isSameAs(memory);
        core.release();
        assertThat(core.memory()).isNull();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
