package org.pgkeep.units;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RateTest {
    @Test
    void aRateIsBytesInASecond() {
        assertThat(Rate.of(300L << 20, Duration.ofMillis(1500)))
                .isEqualTo(new Rate(200L << 20))
                .hasToString("200 MiB/s");
    }

    @Test
    void noTimeGivesNoRate() {
        assertThat(Rate.of(1, Duration.ZERO)).isEqualTo(new Rate(0));
        assertThat(new Rate(0).timeFor(1)).isEmpty();
    }

    @Test
    void theRestTakesAsLongAsTheRateSaysRoundedUp() {
        assertThat(new Rate(10).timeFor(95)).contains(Duration.ofSeconds(10));
        assertThat(new Rate(10).timeFor(0)).contains(Duration.ZERO);
    }

    @Test
    void hugeRatesDoNotOverflow() {
        assertThat(Rate.of(Long.MAX_VALUE, Duration.ofNanos(1)).bytesPerSecond())
                .isEqualTo(Long.MAX_VALUE);
    }
}
