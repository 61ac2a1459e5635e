package org.pgkeep.postgres.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pgkeep.postgres.MajorVersion.V10;
import static org.pgkeep.postgres.MajorVersion.V11;
import static org.pgkeep.postgres.MajorVersion.V12;
import static org.pgkeep.postgres.MajorVersion.V13;
import static org.pgkeep.postgres.MajorVersion.V14;
import static org.pgkeep.postgres.MajorVersion.V15;
import static org.pgkeep.postgres.MajorVersion.V16;
import static org.pgkeep.postgres.MajorVersion.V17;
import static org.pgkeep.postgres.MajorVersion.V18;
import static org.pgkeep.postgres.MajorVersion.V9_6;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.wal.WalBuilder.Draft;

/** Main data as the headers of each version lay it out. */
class DraftBodiesTest {
    private static List<String> tell(MajorVersion version, int manager, int info, int... main) {
        WalBuilder wal = WalBuilder.of(version);
        ByteBuffer bytes = ByteBuffer.allocate(4 * main.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : main) {
            bytes.putInt(number);
        }
        long _ = wal.add(Draft.of(manager, info).main(bytes.array()));
        long _ = wal.switchSegment();
        return Heard.read(wal.name(0), wal.segments()).lines();
    }

    private static void assertUnknown(MajorVersion version, int manager, int info) {
        assertThatThrownBy(() -> tell(version, manager, info, 0, 0, 0, 0, 0, 0))
                .hasMessageContaining("WAL segment 000000010000000000000003 cannot be understood at 0/300028:")
                .hasMessageContaining("a record of unknown kind");
    }

    @ParameterizedTest
    @EnumSource(MajorVersion.class)
    void storageIsCreatedAndCut(MajorVersion version) {
        assertThat(tell(version, Rmgr.SMGR, 0x11, 1663, 5, 16384, 3)).containsExactly("1663/5/16384 fork 3 limit 0");
        assertThat(tell(version, Rmgr.SMGR, 0x21, 12, 1663, 5, 16384, 7))
                .containsExactly(
                        "1663/5/16384 limit 12", "1663/5/16384 fork 2 limit 12", "1663/5/16384 fork 1 limit 12");
        assertThat(tell(version, Rmgr.SMGR, 0x21, 12, 1663, 5, 16384, 2))
                .containsExactly("1663/5/16384 fork 2 limit 12");
        assertUnknown(version, Rmgr.SMGR, 0x30);
        assertUnknown(version, Rmgr.SMGR, 0x00);
    }

    @ParameterizedTest
    @EnumSource(MajorVersion.class)
    void databasesComeAndGo(MajorVersion version) {
        boolean two = version.isAtLeast(V15);
        assertThat(tell(version, Rmgr.DBASE, 0x01, 16500, 1663, 1, 1663)).containsExactly("1663/16500 database");
        if (two) {
            assertThat(tell(version, Rmgr.DBASE, 0x10, 16500, 1700)).containsExactly("1700/16500 database");
        }
        int drop = two ? 0x21 : 0x11;
        if (version.isAtLeast(V13)) {
            assertThat(tell(version, Rmgr.DBASE, drop, 16500, 2, 1663, 1700))
                    .containsExactly("1663/16500 database", "1700/16500 database");
        } else {
            assertThat(tell(version, Rmgr.DBASE, drop, 16500, 1700)).containsExactly("1700/16500 database");
        }
        assertUnknown(version, Rmgr.DBASE, drop + 0x10);
    }

    @Test
    void aListLongerThanItsRecordIsAnError() {
        assertThatThrownBy(() -> tell(V14, Rmgr.DBASE, 0x11, 16500, 3, 1663, 1700))
                .hasMessageContaining("3 items");
        assertThatThrownBy(() -> tell(V14, Rmgr.DBASE, 0x11, 16500, -1)).hasMessageContaining("4294967295 items");
        assertThatThrownBy(() -> tell(V14, Rmgr.XACT, 0x81, 0, 0, 4, 2, 1663, 5, 1))
                .hasMessageContaining("2 items");
        assertThatThrownBy(() -> tell(V14, Rmgr.SMGR, 0x11, 1663, 5)).hasMessageContaining("ends after 8 bytes");
    }

    /** Time (two numbers), xinfo, then the parts whose bits are set. */
    @ParameterizedTest
    @EnumSource(MajorVersion.class)
    void transactionsDropRelationsWhateverElseTheyTell(MajorVersion version) {
        String[] dropped = {
            "1663/5/16384 limit 0",
            "1663/5/16384 fork 1 limit 0",
            "1663/5/16384 fork 2 limit 0",
            "1663/5/16384 fork 3 limit 0"
        };
        for (int kind : new int[] {0x00, 0x20, 0x30, 0x40}) {
            int info = kind | 0x81;
            assertThat(tell(version, Rmgr.XACT, info, 1, 2, 4, 1, 1663, 5, 16384))
                    .containsExactly(dropped);
            assertThat(tell(
                            version, Rmgr.XACT, info, 1, 2, 1 | 2 | 4, 5, 1663, 3, 701, 702, 703, 1, 1663, 5, 16384,
                            99))
                    .containsExactly(dropped);
            assertThat(tell(version, Rmgr.XACT, info, 1, 2, 2 | 4 | 8, 0, 1, 1663, 5, 16384, 1, 0, 0, 0, 0))
                    .containsExactly(dropped);
            assertThat(tell(version, Rmgr.XACT, info, 1, 2, 1 | 8 | 16, 5, 1663, 1, 0, 0, 0, 0, 700))
                    .isEmpty();
            assertThat(tell(version, Rmgr.XACT, kind, 1, 2)).isEmpty();
        }
        assertUnknown(version, Rmgr.XACT, 0x70);
    }

    @Test
    void transactionsOfOtherKindsSayNothing() {
        assertThat(tell(V9_6, Rmgr.XACT, 0x10, 1, 2, 3)).isEmpty();
        assertThat(tell(V9_6, Rmgr.XACT, 0x50, 1, 2, 3)).isEmpty();
        assertThat(tell(V14, Rmgr.XACT, 0x60, 1, 2, 3)).isEmpty();
        assertUnknown(V13, Rmgr.XACT, 0x60);
    }

    @Test
    void tablespacesComeAndGoWithoutFiles() {
        assertThat(tell(V16, Rmgr.TBLSPC, 0x00, 1700, 0x2F)).isEmpty();
        assertThat(tell(V16, Rmgr.TBLSPC, 0x10, 1700)).isEmpty();
        assertUnknown(V16, Rmgr.TBLSPC, 0x20);
    }

    @Test
    void parametersTellTheLevel() {
        assertThat(tell(V9_6, Rmgr.XLOG, 0x60, 100, 8, 0, 64, 1, 0)).containsExactly("level 1");
        assertThat(tell(V11, Rmgr.XLOG, 0x60, 100, 8, 0, 64, 2, 0)).containsExactly("level 2");
        assertThat(tell(V12, Rmgr.XLOG, 0x60, 100, 8, 10, 0, 64, 0, 0)).containsExactly("level 0");
        assertThat(tell(V18, Rmgr.XLOG, 0x60, 100, 8, 10, 0, 64, 2, 0)).containsExactly("level 2");
    }

    @Test
    void sinceSeventeenCheckpointsAndTheEndOfRecoveryTellItToo() {
        int[] checkpoint = {1, 0, 1, 1, 1, 0, 7, 0};
        assertThat(tell(V17, Rmgr.XLOG, 0x00, checkpoint)).containsExactly("level 0");
        assertThat(tell(V16, Rmgr.XLOG, 0x00, checkpoint)).isEmpty();
        assertThat(tell(V17, Rmgr.XLOG, 0xE0, 1)).containsExactly("level 1");
        assertUnknown(V16, Rmgr.XLOG, 0xE0);
        assertThat(tell(V18, Rmgr.XLOG, 0x90, 1, 2, 2, 1, 0)).containsExactly("level 0");
        assertThat(tell(V15, Rmgr.XLOG, 0x90, 1, 2, 2, 1)).isEmpty();
    }

    @Test
    void otherRecordsOfTheLogItselfSayNothingAndUnknownOnesAreErrors() {
        assertThat(tell(V18, Rmgr.XLOG, 0x10, 1, 2)).isEmpty();
        assertThat(tell(V18, Rmgr.XLOG, 0xD0, 1, 2, 3, 4)).isEmpty();
        assertThat(tell(V10, Rmgr.XLOG, 0xC0, 1)).isEmpty();
        assertUnknown(V12, Rmgr.XLOG, 0xC0);
        assertUnknown(V18, Rmgr.XLOG, 0xF0);
    }
}
