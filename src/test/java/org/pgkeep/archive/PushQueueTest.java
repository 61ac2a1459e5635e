package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class PushQueueTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final PushQueue queue = new PushQueue();

    @Test
    void whatIsWaitedForComesFirstThenHistoriesThenTheRestInOrder() {
        queue.ready("000000010000000000000005");
        queue.ready("000000010000000000000004");
        queue.ready("00000002.history");
        queue.ready("000000010000000000000004.00000028.backup");
        queue.wanted("000000010000000000000009");
        assertThat(queue.next()).contains("000000010000000000000009");
        assertThat(queue.next()).contains("00000002.history");
        assertThat(queue.next()).contains("000000010000000000000004");
        assertThat(queue.next()).contains("000000010000000000000004.00000028.backup");
        assertThat(queue.next()).contains("000000010000000000000005");
        assertThat(queue.next()).isEmpty();
        assertThat(queue.running()).isEqualTo(5);
    }

    @Test
    void nothingIsPushedTwiceAtATimeNorAgainOnceItIsStored() {
        queue.ready("a");
        assertThat(queue.next()).contains("a");
        queue.ready("a");
        queue.wanted("a");
        assertThat(queue.next()).isEmpty();
        queue.acknowledged("a", 1);
        queue.ready("a");
        assertThat(queue.next()).isEmpty();
        assertThat(queue.isIdle()).isTrue();
    }

    @Test
    void afterAFailureOnlyWhatIsWaitedForIsTriedUntilOneSucceeds() {
        queue.ready("a");
        queue.ready("b");
        assertThat(queue.next()).contains("a");
        assertThat(queue.failed("a", NOON, true)).isEqualTo(NOON);
        assertThat(queue.next()).isEmpty();
        queue.wanted("a");
        assertThat(queue.next()).contains("a");
        assertThat(queue.failed("a", NOON.plusSeconds(60), true)).isEqualTo(NOON);
        assertThat(queue.next()).isEmpty();
        queue.wanted("a");
        assertThat(queue.next()).contains("a");
        queue.acknowledged("a", 1);
        assertThat(queue.next()).contains("b");
    }

    @Test
    void whatOnlySomeTookWaitsUntilSomethingIsEverywhereAndTheRestIsPushedMeanwhile() {
        queue.ready("a");
        queue.ready("b");
        queue.ready("c");
        assertThat(queue.next()).contains("a");
        assertThat(queue.partly("a", NOON, true)).isEqualTo(NOON);
        assertThat(queue.isPartly("a")).isTrue();
        assertThat(queue.isRunning("a")).isFalse();
        queue.ready("a");
        assertThat(queue.next()).contains("b");
        assertThat(queue.partly("b", NOON, true)).isEqualTo(NOON);
        assertThat(queue.waiting()).containsExactly("a", "b", "c");
        assertThat(queue.depth()).isEqualTo(3);
        assertThat(queue.next()).contains("c");
        assertThat(queue.partly("c", NOON, true)).isEqualTo(NOON);
        assertThat(queue.next()).isEmpty();
        assertThat(queue.isIdle()).isFalse();

        queue.wanted("a");
        assertThat(queue.next()).contains("a");
        assertThat(queue.isRunning("a")).isTrue();
        assertThat(queue.partly("a", NOON.plusSeconds(60), true)).isEqualTo(NOON);
        queue.wanted("a");
        assertThat(queue.next()).contains("a");
        queue.acknowledged("a", 1);
        assertThat(queue.isPartly("b")).isFalse();
        assertThat(queue.next()).contains("b");
        queue.acknowledged("b", 1);
        assertThat(queue.gone("c")).isFalse();
        assertThat(queue.isIdle()).isTrue();
    }

    @Test
    void aFileOfWhichTheServerSaysNoMoreMayComeAgain() {
        queue.ready("a");
        assertThat(queue.next()).contains("a");
        queue.acknowledged("a", 1);
        assertThat(queue.acknowledgedBefore(1)).isEmpty();
        assertThat(queue.acknowledgedBefore(2)).containsExactly("a");
        assertThat(queue.gone("a")).isTrue();
        assertThat(queue.gone("a")).isFalse();
        queue.ready("a");
        assertThat(queue.next()).contains("a");
    }

    @Test
    void whatIsGivenUpWaitsNoMoreWhateverBecomesOfItsPush() {
        queue.ready("a");
        queue.ready("b");
        assertThat(queue.next()).contains("a");
        assertThat(queue.waiting()).containsExactly("a", "b");
        queue.givenUp("a", 1);
        queue.givenUp("b", 1);
        assertThat(queue.waiting()).isEmpty();
        assertThat(queue.failed("a", NOON, true)).isEqualTo(NOON);
        assertThat(queue.waiting()).isEmpty();
        assertThat(queue.isIdle()).isTrue();
    }
}
