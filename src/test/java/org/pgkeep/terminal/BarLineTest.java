package org.pgkeep.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BarLineTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MIB = 1L << 20;

    private long nanos;

    @Test
    void aBarHasPercentRateAndRemainingTime() {
        StepState state = new StepState("copy", 1000 * MIB, () -> nanos);
        nanos = 10 * SECOND;
        state.advance(250 * MIB);
        assertThat(BarLine.of(state, 100))
                .isEqualTo("copy [=======>                      ]  25%  250 MiB of 1000 MiB  25 MiB/s  30 s left");
    }

    @Test
    void withoutMeasureTimeAndDetailAreShown() {
        StepState state = new StepState("wait for WAL", 0, () -> nanos);
        nanos = 12 * SECOND;
        state.note("00000001000000000000002A");
        assertThat(BarLine.of(state, 100)).isEqualTo("wait for WAL  12 s  00000001000000000000002A");
    }

    @Property
    void aLineNeverReachesTheEndOfTheScreen(
            @ForAll @LongRange(min = 0) long done,
            @ForAll @LongRange(min = 0) long total,
            @ForAll @IntRange(min = 40, max = 120) int columns) {
        StepState state = new StepState("restore", total, () -> nanos);
        state.advance(done);
        nanos += SECOND;
        assertThat(BarLine.of(state, columns)).hasSizeLessThan(columns).doesNotContain("\n");
    }

    @Test
    void aStepThatGrowsIsNeverMoreThanWhole() {
        StepState state = new StepState("copy", 10, () -> nanos);
        state.advance(25);
        assertThat(state.percent()).isEqualTo(100);
        assertThat(state.secondsLeft(5)).isZero();
    }
}
