package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArchiveFileNameTest {
    @ParameterizedTest
    @CsvSource({
        "00000001000000A90000000F, Segment",
        "00000001000000A90000000F.partial, Partial",
        "0000000A.history, History",
        "FFFFFFFF.history, History",
        "000000010000000000000002.00000028.backup, BackupHistory",
    })
    void aNameIsUnderstoodAndPrintedBack(String text, String kind) {
        ArchiveFileName name = ArchiveFileName.parse(text).orElseThrow();
        assertThat(name.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(name).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00000001000000A90000000f",
                "00000001000000A90000000F ",
                "00000001000000A90000000F.partial.partial",
                "00000001000000A90000000F.backup",
                "00000001000000A90000000F.28.backup",
                "00000001000000A90000000F.",
                "00000001000000A90000000F..backup",
                "00000001000000A90000000F.00000028backup",
                "00000001000000A90000000F.0000002g.backup",
                "1.history",
                ".history",
                "00000001.history.gz",
                "../00000001.history",
                "RECOVERYXLOG"
            })
    void anyOtherNameIsNotAnswered(String text) {
        assertThat(ArchiveFileName.parse(text)).isEmpty();
    }
}
