package org.pgkeep.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

final class ByteCountTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "17, 17",
        "17B, 17",
        "8kB, 8192",
        "16MiB, 16777216",
        "16 mb, 16777216",
        "1g, 1073741824",
        "1.5 GB, 1610612736",
        "0.0001 k, 0",
        "2T, 2199023255552",
        "7 EiB, 8070450532247928832",
        "9223372036854775807, 9223372036854775807",
    })
    void sizesAreReadAsPeopleWriteThem(String text, long bytes) {
        assertThat(ByteCount.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MB",
                "-1",
                "+1",
                "1,5 GB",
                "1 X",
                "1 kk",
                "1 mbit",
                "1e3",
                "8EiB",
                "9223372036854775808",
                "1."
            })
    void whatIsNoSizeIsRefused(String text) {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> ByteCount.parse(text))
                .withMessageContaining("'" + text + "'")
                .extracting(PgkeepException::code)
                .isEqualTo(ErrorCode.USAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1025, 1.0 KiB",
        "1536, 1.5 KiB",
        "1048575, 1.0 MiB",
        "16777216, 16 MiB",
        "1288490189, 1.2 GiB",
        "1099511627775, 1.0 TiB",
        "9223372036854775807, 8.0 EiB",
    })
    void sizesArePrintedShort(long bytes, String text) {
        assertThat(new ByteCount(bytes)).hasToString(text);
    }

    @Property
    void wholeUnitsComeBackExactly(
            @ForAll @IntRange(min = 0, max = 1023) int number, @ForAll @IntRange(max = 5) int power) {
        var count = new ByteCount((long) number << (10 * power));
        assertThat(ByteCount.parse(count.toString())).isEqualTo(count);
    }

    @Property
    void whatIsPrintedIsWithinATwentiethOfTheTruth(@ForAll @LongRange(min = 0, max = 1L << 60) long bytes) {
        long read = ByteCount.parse(new ByteCount(bytes).toString()).bytes();
        assertThat(Math.abs(read - bytes)).isLessThanOrEqualTo(bytes / 20 + 1);
    }
}
