package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WalNamesTest {
    private static final String FOLDER = "0000000100000000";

    @ParameterizedTest
    @CsvSource({"00000000,0", "000000A9,169", "00000FFF,4095", "7FFFFFFF,2147483647"})
    void aSegmentHasTheNumberOfItsLastEightDigits(String digits, int number) {
        assertThat(WalNames.number(FOLDER + digits + "-rest")).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"80000000", "FFFFFFFF", "0000000a", "0000000G", "0000000/", "0000000:", "0000000@", "-0000001"})
    void whatNoSegmentHasIsNoNumber(String digits) {
        assertThat(WalNames.number(FOLDER + digits + "-rest")).isEqualTo(-1);
    }

    @Test
    void aFolderHasSixteenUpperCaseDigits() {
        assertThat(WalNames.isFolder("FFFFFFFF09AF00EE")).isTrue();
        assertThat(WalNames.isFolder("FFFFFFFF09AF00E")).isFalse();
        assertThat(WalNames.isFolder("ffffffff09af00ee")).isFalse();
        assertThat(WalNames.isFolder("00000002.history")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "-0123456789abcdef0123456789abcdef.zst,SEGMENT",
        "-0123456789abcdef0123456789abcdef,SEGMENT",
        "-0123456789abcdef0123456789abcdef.summary,OTHER",
        "-0123456789abcdef0123456789abcde.zst,OTHER",
        ".partial-0123456789abcdef0123456789abcdef.lz4,PARTIAL",
        ".streamed.00000000.00002000-0123456789abcdef0123456789abcdef.zst,STREAMED",
        ".dropped,DROPPED",
        ".dropped.zst,OTHER",
        ".damaged,DAMAGED"
    })
    void theRestOfANameSaysWhatItIsOf(String rest, WalNames.Kind kind) {
        assertThat(WalNames.kind(FOLDER + "00000001" + rest)).isEqualTo(kind);
    }
}
