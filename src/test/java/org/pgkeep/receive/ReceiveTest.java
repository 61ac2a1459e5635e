package org.pgkeep.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReceiveTest {
    @Test
    void pausesGrowToALimit() {
        assertThat(Receive.pause(0)).isEqualTo(Duration.ofMillis(200));
        assertThat(Receive.pause(3)).isEqualTo(Duration.ofMillis(1600));
        assertThat(Receive.pause(1000)).isEqualTo(Duration.ofSeconds(10));
    }
}
