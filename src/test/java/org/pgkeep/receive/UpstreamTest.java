package org.pgkeep.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamTest {
    @ParameterizedTest
    @ValueSource(strings = {"pgkeep", "a, pgkeep", "*", "FIRST 2 (a, \"pgkeep\")", "ANY 1 (PGKEEP,b)", "2 (a, *)"})
    void whoIsNamedIsWaitedFor(String setting) {
        assertThat(Upstream.names(setting, "pgkeep")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pgkeep2", "FIRST 2 (a, b)", "\"*pgkeep\""})
    void whoIsNotNamedIsNot(String setting) {
        assertThat(Upstream.names(setting, "pgkeep")).isFalse();
    }

    @Test
    void pausesGrowToALimit() {
        assertThat(Receive.pause(0)).isEqualTo(Duration.ofMillis(200));
        assertThat(Receive.pause(3)).isEqualTo(Duration.ofMillis(1600));
        assertThat(Receive.pause(1000)).isEqualTo(Duration.ofSeconds(10));
    }
}
