package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.PgkeepException;

@Timeout(60)
class CoresTest {
    private static final int MANY = 8;

    private final AtomicInteger computing = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @Test
    void noMoreComputeAtATimeThanThereAreCores() {
        compute(Cores.of(2), 1);
        assertThat(most).hasValue(2);
    }

    @Test
    void anyNumberComputesWhereNobodyCounts() {
        compute(Cores.ANY, MANY);
        assertThat(most).hasValue(MANY);
    }

    /** Many at once; each ends when so many were there together. */
    private void compute(Cores cores, int together) {
        CountDownLatch met = new CountDownLatch(together);
        try (ExecutorService threads = Executors.newFixedThreadPool(MANY)) {
            for (int i = 0; i < MANY; i++) {
                var _ = threads.submit(() -> cores.compute(() -> {
                    most.accumulateAndGet(computing.incrementAndGet(), Math::max);
                    met.countDown();
                    await(met);
                    return computing.decrementAndGet();
                }));
            }
        }
    }

    private static void await(CountDownLatch met) {
        try {
            boolean _ = met.await(20, TimeUnit.SECONDS);
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCoreIsFreeAgainAfterAFailure(@TempDir Path directory) throws Exception {
        Cores cores = Cores.of(1);
        Path file = Files.writeString(directory.resolve("file"), "content");
        WalSource source = new WalSource(file, cores);
        Files.writeString(file, "another");
        for (int i = 0; i < 2; i++) {
            assertThat(CompletableFuture.supplyAsync(() -> failsToCopy(source)).get(20, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    private static boolean failsToCopy(WalSource source) {
        try {
            source.copyTo(OutputStream.nullOutputStream());
            return false;
        } catch (PgkeepException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
