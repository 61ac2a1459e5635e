package org.pgkeep.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class MomentTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void whatPostgresqlPrintsIsRead() {
        OffsetDateTime expected = OffsetDateTime.parse("2026-11-21T20:30:00.123456+01:00");
        assertThat(Moment.parse("2026-11-21 20:30:00.123456+01", BERLIN)).contains(expected);
        assertThat(Moment.parse("2026-11-21T20:30:00.123456+01:00", BERLIN)).contains(expected);
        assertThat(Moment.parse("2026-11-21 20:30:00.123456 +0100", BERLIN)).contains(expected);
        assertThat(Moment.parse("2026-11-21 20:30Z", BERLIN)).contains(OffsetDateTime.parse("2026-11-21T20:30Z"));
        assertThat(Moment.parse("2026-11-21 20:30:00 UTC", BERLIN)).contains(OffsetDateTime.parse("2026-11-21T20:30Z"));
        assertThat(Moment.parse("2026-11-21 20:30:00-05:30", BERLIN))
                .contains(OffsetDateTime.parse("2026-11-21T20:30-05:30"));
    }

    @Test
    void withoutAnOffsetItIsThisZonesTimeAlsoInSummer() {
        assertThat(Moment.parse("2026-11-21 20:30:00", BERLIN))
                .contains(OffsetDateTime.parse("2026-11-21T20:30+01:00"));
        assertThat(Moment.parse("2026-07-21", BERLIN)).contains(OffsetDateTime.parse("2026-07-21T00:00+02:00"));
    }

    @Test
    void anythingElseIsRefused() {
        for (String wrong : List.of(
                "",
                "now",
                "yesterday",
                "20:30",
                "2026-13-01",
                "2026-02-30",
                "2026-11-21 25:00",
                "2026-11-21 20:30 CET",
                "2026-11-21_20:30",
                "21.11.2026 20:30",
                "2026-11-21 20:30:00+99")) {
            assertThat(Moment.parse(wrong, BERLIN)).as(wrong).isEmpty();
        }
    }
}
