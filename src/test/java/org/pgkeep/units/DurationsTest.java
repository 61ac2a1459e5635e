package org.pgkeep.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

final class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "500ms, PT0.5S",
        "30s, PT30S",
        "30 S, PT30S",
        "5m, PT5M",
        "5min, PT5M",
        "2h, PT2H",
        "7d, PT168H",
        "2w, PT336H",
        "1h 30min, PT1H30M",
        "1h30m10s, PT1H30M10S",
        "PT1M30S, PT1M30S",
        "p7d, PT168H",
    })
    void durationsAreReadAsPeopleWriteThem(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "30",
                "s",
                "-5s",
                "5 minutes",
                "30s 1h",
                "1h 2h",
                "1m 1min",
                "1.5h",
                "PT-5S",
                "P1Y",
                "P",
                "5m!"
            })
    void whatIsNoDurationIsRefused(String text) {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> Durations.parse(text))
                .withMessageContaining("'" + text + "'")
                .extracting(PgkeepException::code)
                .isEqualTo(ErrorCode.USAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 ms",
        "PT0.85S, 850 ms",
        "PT1S, 1.0 s",
        "PT4.29S, 4.2 s",
        "PT42.9S, 42 s",
        "PT59.999S, 59 s",
        "PT1M, 1 min",
        "PT1M23S, 1 min 23 s",
        "PT2H5M59S, 2 h 5 min",
        "PT24H, 1 d",
        "PT76H59M, 3 d 4 h",
    })
    void durationsArePrintedShort(Duration duration, String text) {
        assertThat(Durations.print(duration)).isEqualTo(text);
    }

    @Property
    void whatIsPrintedCanBeReadFromTenSecondsOn(@ForAll @LongRange(min = 10, max = 100_000_000) long seconds) {
        Duration duration = Duration.ofSeconds(seconds);
        Duration read = Durations.parse(Durations.print(duration));
        assertThat(read).isBetween(duration.minusHours(1), duration);
    }
}
