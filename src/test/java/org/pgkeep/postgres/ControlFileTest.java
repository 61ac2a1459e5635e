package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** The files are those of real servers; the expected values are what those servers said of themselves. */
final class ControlFileTest {
    @ParameterizedTest
    @CsvSource({
        "9.6, 7710757167058933805, 0/1BB7D30, 0/1BB7D30, 551, 2026-11-21T22:35:56Z, 16777216, MINIMAL",
        "10, 7710757186697209947, 0/1DF8710, 0/1DF86D8, 558, 2026-11-21T22:35:59Z, 16777216, REPLICA",
        "11, 7710757197415147657, 0/F261B0, 0/F26178, 571, 2026-11-21T22:36:02Z, 1048576, REPLICA",
        "12, 7710757208263866551, 0/1E23868, 0/1E23830, 489, 2026-11-21T22:36:04Z, 16777216, REPLICA",
        "13, 7710757218678151397, 0/1DCDFC0, 0/1DCDF88, 488, 2026-11-21T22:36:07Z, 16777216, REPLICA",
        "14, 7710757228990253331, 0/4F0B508, 0/4F0B4D0, 736, 2026-11-21T22:36:10Z, 67108864, REPLICA",
        "15, 7710757241061951809, 0/1CF7D80, 0/1CF7D48, 727, 2026-11-21T22:36:12Z, 16777216, REPLICA",
        "16, 7710757252014811502, 0/1CE31B0, 0/1CE3178, 733, 2026-11-21T22:36:15Z, 16777216, REPLICA",
        "17, 7710757263838755227, 0/1CED480, 0/1CED428, 741, 2026-11-21T22:36:17Z, 16777216, REPLICA",
        "18, 7710757275229465032, 0/1D184B0, 0/1D18458, 755, 2026-11-21T22:36:20Z, 16777216, REPLICA",
    })
    void theControlFileOfEachVersionSaysWhatItsServerSays(
            String version,
            long systemIdentifier,
            String checkpoint,
            String redo,
            long nextXid,
            Instant time,
            int segmentBytes,
            WalLevel walLevel) {
        ControlFile control = ControlFile.parse(GoldenFile.control(version));

        assertThat(control.version().text()).isEqualTo(version);
        assertThat(control.systemIdentifier()).isEqualTo(systemIdentifier);
        assertThat(control.state()).isEqualTo(ClusterState.IN_PRODUCTION);
        assertThat(control.checkpoint())
                .isEqualTo(new ControlFile.Checkpoint(Lsn.parse(checkpoint), Lsn.parse(redo), 1, 1, nextXid, time));
        assertThat(control.recovery())
                .isEqualTo(new ControlFile.Recovery(Lsn.INVALID, 0, Lsn.INVALID, Lsn.INVALID, false));
        assertThat(control.layout()).isEqualTo(new ControlFile.Layout(8192, 131072, 8192, segmentBytes));
        assertThat(control.walLevel()).isEqualTo(walLevel);
        assertThat(control.hasChecksums()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"9.6, 0/3000028", "11, 0/F26220", "15, 0/1CF7DF8", "18, 0/3000028"})
    void aStandbySaysHowFarItMustRecover(String version, String minimum) {
        ControlFile control = ControlFile.parse(GoldenFile.control(version + "-standby"));

        assertThat(control.state()).isEqualTo(ClusterState.IN_ARCHIVE_RECOVERY);
        assertThat(control.recovery())
                .isEqualTo(new ControlFile.Recovery(Lsn.parse(minimum), 1, Lsn.INVALID, Lsn.INVALID, false));
    }

    @Test
    void theWholeFileWithItsTailOfZerosReadsAsItsBeginning() {
        byte[] data = GoldenFile.control("17");
        assertThat(ControlFile.parse(Arrays.copyOf(data, ControlFile.FILE_BYTES)))
                .isEqualTo(ControlFile.parse(data));
    }

    @Test
    void recoveryBeginsInTheSegmentOfTheRedoPosition() {
        ControlFile control = ControlFile.parse(GoldenFile.control("11"));
        assertThat(control.redoSegment()).hasToString("00000001000000000000000F");
    }

    @Property
    void anyFlippedBitIsFound(@ForAll @IntRange(max = 292 * 8 - 1) int bit) {
        byte[] data = GoldenFile.control("17");
        data[bit / 8] ^= (byte) (1 << bit % 8);
        assertThatThrownBy(() -> ControlFile.parse(data)).isInstanceOf(PgkeepException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 16, 291})
    void aTruncatedFileIsDamaged(int bytes) {
        assertThatThrownBy(() -> ControlFile.parse(Arrays.copyOf(GoldenFile.control("17"), bytes)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLUSTER_DAMAGED));
    }

    @Test
    void anUnknownVersionIsRefusedWithItsNumbers() {
        byte[] data = GoldenFile.control("17");
        data[8] = (byte) (1900 & 0xFF);
        data[9] = (byte) (1900 >> 8);
        assertThatThrownBy(() -> ControlFile.parse(data))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VERSION_UNSUPPORTED))
                .hasMessageContaining("control version 1900")
                .hasMessageContaining("catalog version 202406281");
    }
}
