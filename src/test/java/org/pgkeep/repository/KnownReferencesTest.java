package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class KnownReferencesTest {
    private static final Instant BEGIN = Instant.parse("2026-11-21T00:00:00Z");

    private final KnownReferences known = new KnownReferences();

    @Test
    void whatWasReadOnceIsGivenAgain() {
        var first = known.parse("20261121-000000F 1-20").orElseThrow();
        assertThat(first)
                .isEqualTo(BackupRecord.Reference.parse("20261121-000000F 1-20").orElseThrow());
        assertThat(known.parse("20261121-000000F " + "1-20").orElseThrow()).isSameAs(first);
        assertThat(known.parse("20261121-000000F 1-21").orElseThrow().packs().count())
                .isEqualTo(21);
    }

    @Test
    void moreThanItRemembersAreReadAsWell() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 5000; i++) {
                String text = Label.of(BEGIN.plusSeconds(i), BackupType.INCREMENTAL) + " " + (i + 1);
                assertThat(known.parse(text)).isEqualTo(BackupRecord.Reference.parse(text));
            }
        }
    }

    @Test
    void whatIsNoReferenceIsNoneTheSecondTimeEither() {
        for (String text :
                new String[] {"", "20261121-000000F", "20261121-000000F ", "20261121-000000X 1", "20261121-000000F 2-1"
                }) {
            assertThat(known.parse(text)).as(text).isEmpty();
            assertThat(known.parse(text)).as(text).isEmpty();
        }
    }
}
