package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.time.api.constraints.InstantRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times in records: as Java prints them. */
class InstantTextTest {
    @Property(tries = 1000)
    void whatJavaPrintsIsRead(
            @ForAll @InstantRange(min = "0001-01-01T00:00:00Z", max = "9999-12-31T23:59:59.999999999Z")
                    Instant instant) {
        assertThat(InstantText.parse(instant.toString())).isEqualTo(instant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-21T20:30:00Z", "2024-02-29T23:59:59.1Z", "2026-11-21T20:30:00.000000001Z"})
    void secondsAndTheirFractionsAreRead(String text) {
        assertThat(InstantText.parse(text)).isEqualTo(Instant.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2026-11-21",
                "2026-11-21T20:30:00",
                "2026-11-21 20:30:00Z",
                "2026-11-21T20:30:00+01:00",
                "2026-11-21T20:30:00.Z",
                "2026-11-21T20:30:00,5Z",
                "2026-11-21T20:30:00.0000000001Z",
                "2026-11-21T20:30:00.12x4Z",
                "2026-13-21T20:30:00Z",
                "2026-02-29T20:30:00Z",
                "2026-11-21T24:30:00Z",
                "2026-11-21T20:30:60Z",
                "2026-1a-21T20:30:00Z"
            })
    void whatNamesNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> InstantText.parse(text)).isInstanceOf(DateTimeException.class);
    }
}
