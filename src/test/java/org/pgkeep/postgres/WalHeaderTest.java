package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** The headers are those of real segments of each version. */
final class WalHeaderTest {
    private static final String OF_17 =
            "16d1020001000000000000010000000000000000000000009b395fcce01c026b0000000100200000";
    private static final SegmentName NAME_17 =
            SegmentName.parse("000000010000000000000001").orElseThrow();
    private static final long IDENTIFIER_17 = 7710757263838755227L;

    @ParameterizedTest
    @CsvSource({
        "V9_6, 000000010000000000000002, 7710757167058933805, 16777216, "
                + "93d0020001000000000000020000000000000000000000002d58d843ca1c026b0000000100200000",
        "V10, 000000010000000000000001, 7710757186697209947, 16777216, "
                + "97d0020001000000000000010000000000000000000000005ba860d6ce1c026b0000000100200000",
        "V11, 00000001000000000000000F, 7710757197415147657, 1048576, "
                + "98d00700010000000000f00000000000451500000000000089683755d11c026b0000100000200000",
        "V12, 000000010000000000000003, 7710757208263866551, 16777216, "
                + "01d106000100000000000003000000000000000000000000b7b8d9dbd31c026b0000000100200000",
        "V13, 000000010000000000000003, 7710757218678151397, 16777216, "
                + "06d106000100000000000003000000000000000000000000e5189748d61c026b0000000100200000",
        "V14, 000000010000000000000003, 7710757228990253331, 67108864, "
                + "0dd10600010000000000000c00000000000000000000000013493dafd81c026b0000000400200000",
        "V15, 000000010000000000000001, 7710757241061951809, 16777216, "
                + "10d10200010000000000000100000000000000000000000041c9c47edb1c026b0000000100200000",
        "V16, 000000010000000000000001, 7710757252014811502, 16777216, "
                + "13d1020001000000000000010000000000000000000000006e299c0bde1c026b0000000100200000",
        "V17, 000000010000000000000001, 7710757263838755227, 16777216, " + OF_17,
        "V18, 000000010000000000000003, 7710757275229465032, 16777216, "
                + "18d106000100000000000003000000000000000000000000c8a94f73e31c026b0000000100200000",
    })
    void theHeaderOfEachVersionSaysWhoseSegmentItIs(
            MajorVersion version, String name, long systemIdentifier, int segmentBytes, String hex) {
        WalHeader header = WalHeader.parse(HexFormat.of().parseHex(hex), name);
        assertThat(header.version()).isEqualTo(version);
        assertThat(header.timeline()).isEqualTo(1);
        assertThat(header.systemIdentifier()).isEqualTo(systemIdentifier);
        assertThat(header.segmentBytes()).isEqualTo(segmentBytes);
        assertThat(header.blockBytes()).isEqualTo(8192);
        header.require(SegmentName.parse(name).orElseThrow(), systemIdentifier, version);
    }

    private static WalHeader of17() {
        return WalHeader.parse(HexFormat.of().parseHex(OF_17), "x");
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("00000001000000000000000");
    }

    @Test
    void aSegmentOfAnotherClusterIsRefused() {
        assertRefused(ErrorCode.CLUSTER_MISMATCH, () -> of17().require(NAME_17, IDENTIFIER_17 + 1, MajorVersion.V17));
    }

    @Test
    void aSegmentOfAnotherVersionIsRefused() {
        assertRefused(ErrorCode.CLUSTER_MISMATCH, () -> of17().require(NAME_17, IDENTIFIER_17, MajorVersion.V18));
    }

    @Test
    void aSegmentUnderAnotherNameIsRefused() {
        SegmentName next = NAME_17.next(16 << 20);
        assertRefused(ErrorCode.CLUSTER_DAMAGED, () -> of17().require(next, IDENTIFIER_17, MajorVersion.V17));
    }

    @Test
    void aTimelineThatBeganInTheMiddleOfTheSegmentIsAccepted() {
        of17().require(NAME_17.onTimeline(2), IDENTIFIER_17, MajorVersion.V17);
    }

    @Test
    void aSegmentOfALaterTimelineIsRefused() {
        byte[] bytes = HexFormat.of().parseHex(OF_17);
        bytes[4] = 2;
        WalHeader header = WalHeader.parse(bytes, "x");
        assertRefused(ErrorCode.CLUSTER_DAMAGED, () -> header.require(NAME_17, IDENTIFIER_17, MajorVersion.V17));
    }

    @Test
    void whatIsNotTheBeginningOfASegmentIsRefused() {
        byte[] bytes = HexFormat.of().parseHex(OF_17);
        String file = NAME_17.toString();
        assertRefused(ErrorCode.CLUSTER_DAMAGED, () -> WalHeader.parse(Arrays.copyOf(bytes, 39), file));
        assertRefused(ErrorCode.CLUSTER_DAMAGED, () -> WalHeader.parse(new byte[8192], file));

        byte[] later = bytes.clone();
        later[2] = 0;
        assertRefused(ErrorCode.CLUSTER_DAMAGED, () -> WalHeader.parse(later, file));
    }
}
