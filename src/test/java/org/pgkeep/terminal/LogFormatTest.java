package org.pgkeep.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogFormatTest {
    private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-11-21T20:30:00.5+01:00");

    @Test
    void aTextLineHasTimeWithOffsetLevelAndMessage() {
        assertThat(LogFormat.TEXT.line(TIME, LogLevel.WARN, "page 3 of base/1/2 is damaged", Map.of()))
                .isEqualTo("2026-11-21T20:30:00.500+01:00 WARN  page 3 of base/1/2 is damaged");
    }

    @Test
    void aFileNameWithALineBreakCannotForgeALine() {
        assertThat(LogFormat.TEXT.line(TIME, LogLevel.INFO, "file a\n2026 ERROR b", Map.of()))
                .doesNotContain("\n");
        assertThat(LogFormat.JSON.line(TIME, LogLevel.INFO, "file a\nb", Map.of()))
                .doesNotContain("\n");
    }

    @Test
    void aJsonLineIsOneObject() {
        assertThat(LogFormat.JSON.line(TIME, LogLevel.ERROR, "say \"no\"", Map.of("code", "CONFIG")))
                .isEqualTo(
                        "{\"time\":\"2026-11-21T20:30:00.500+01:00\",\"level\":\"error\",\"message\":\"say \\\"no\\\"\","
                                + "\"code\":\"CONFIG\"}");
    }
}
