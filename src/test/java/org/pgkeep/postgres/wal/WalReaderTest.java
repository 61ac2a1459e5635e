package org.pgkeep.postgres.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.WalHeader;
import org.pgkeep.postgres.wal.WalBuilder.Draft;

class WalReaderTest {
    private static final int HEAP = 10;

    private static Draft heap(int relation, int block, int data) {
        return Draft.of(HEAP, 0).block(1663, 5, relation, 0, block, data);
    }

    private static List<String> read(WalBuilder wal) {
        return Heard.read(wal.name(0), wal.segments()).lines();
    }

    /** Ends the WAL so that nothing behind it is looked at. */
    private static WalBuilder ended(WalBuilder wal) {
        long _ = wal.switchSegment();
        return wal;
    }

    private static AbstractThrowableAssert<?, ?> assertDamaged(WalBuilder wal, long lsn, String why) {
        return assertThatThrownBy(() -> read(wal))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLUSTER_DAMAGED))
                .hasMessageContaining(wal.name(
                                (int) ((lsn - wal.name(0).start(1 << 20).value()) >> 20)) + " ")
                .hasMessageContaining("at " + new Lsn(lsn) + ":")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @EnumSource(MajorVersion.class)
    void recordsOnAPageOverPagesAndOverSegmentsAreTold(MajorVersion version) {
        WalBuilder wal = WalBuilder.of(version);
        long _ = wal.add(heap(1, 7, 100));
        long _ = wal.add(heap(2, 8, 20_000).sameRelation(2, 3).sameRelation(3, 0xFFFF_FFFE));
        long _ = wal.add(Draft.of(21, 0).main(new byte[3_500_000]));
        long _ = wal.add(heap(3, 9, 0));

        assertThat(wal.segments()).hasSize(4);
        assertThat(read(ended(wal)))
                .containsExactly(
                        "1663/5/1 block 7",
                        "1663/5/2 block 8",
                        "1663/5/2 fork 2 block 3",
                        "1663/5/2 fork 3 block 4294967294",
                        "1663/5/3 block 9");
    }

    @Test
    void whatIsBehindASwitchIsNotLookedAt() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V10);
        long _ = wal.add(heap(1, 1, 0));
        long _ = wal.switchSegment();
        long _ = wal.add(heap(2, 2, 0));

        assertThat(read(ended(wal))).containsExactly("1663/5/1 block 1", "1663/5/2 block 2");
    }

    @Test
    void aSwitchRecordThatReachesIntoTheNextSegmentLeavesThatOneUnused() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V15);
        wal.fillSegment(8);
        long _ = wal.switchSegment();
        long _ = wal.add(heap(2, 2, 0));

        assertThat(wal.segments()).hasSize(3);
        assertThat(read(ended(wal))).endsWith("1663/5/2 block 2");
    }

    /** As an archiver reads it: the beginning of the switch is in a segment that it does not know. */
    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 32})
    void aSegmentIsUnderstoodByItselfWhereverTheSwitchBeginsBeforeIt(int room) {
        WalBuilder wal = WalBuilder.of(MajorVersion.V15);
        wal.fillSegment(room);
        long _ = wal.switchSegment();

        SegmentName last = wal.name(wal.segments().size() - 1);
        SegmentSummarizer summarizer = new SegmentSummarizer(last);
        summarizer.write(wal.segments().getLast(), 0, 1 << 20);
        assertThat(summarizer.finish().head().missing()).isEqualTo(room < 24 ? 24 - room : 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void theEndOfAnotherRecordIsNotTakenForASwitch(int rest) {
        WalBuilder wal = WalBuilder.of(MajorVersion.V15);
        wal.fillSegment(24 + 40);
        byte[] like = new byte[38 + rest];
        like[like.length - 8] = Rmgr.XLOG_SWITCH;
        long _ = wal.add(Draft.of(HEAP, 0).main(like));
        assertThat(wal.roomInSegment()).as("it ends in the next segment").isGreaterThan(900_000);
        long _ = wal.add(heap(2, 2, 0));
        long _ = wal.switchSegment();

        SegmentSummarizer summarizer = new SegmentSummarizer(wal.name(1));
        summarizer.write(wal.segments().get(1), 0, 1 << 20);
        SegmentSummary summary = summarizer.finish();
        assertThat(summary.head().missing()).isEqualTo(rest);
        assertThat(summary.first().isInvalid()).isFalse();
    }

    @Test
    void aRecordThatACrashCutOffIsNotTold() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V14);
        long _ = wal.add(heap(1, 1, 0));
        long _ = wal.addCut(heap(2, 2, 50_000), 2);
        long _ = wal.add(heap(3, 3, 0));

        assertThat(read(ended(wal))).containsExactly("1663/5/1 block 1", "1663/5/3 block 3");
    }

    @ParameterizedTest
    @EnumSource(MajorVersion.class)
    void imagesHaveTheirVersionsFlags(MajorVersion version) {
        boolean new15 = version.isAtLeast(MajorVersion.V15);
        WalBuilder wal = WalBuilder.of(version);
        long _ = wal.add(Draft.of(0, 0xB0)
                .image(1, 11, 3000, 0x01, false)
                .image(2, 12, 8192, 0x00, false)
                .image(3, 13, 2000, new15 ? 0x04 : 0x02, false)
                .image(4, 14, 2000, new15 ? 0x05 : 0x03, true)
                .image(5, 15, 2000, new15 ? 0x08 | 0x02 : 0x04, false)
                .image(6, 16, 2000, new15 ? 0x11 : 0x05, new15));

        assertThat(read(ended(wal)))
                .containsExactly(
                        "1663/5/1 block 11",
                        "1663/5/2 block 12",
                        "1663/5/3 block 13",
                        "1663/5/4 block 14",
                        "1663/5/5 block 15",
                        "1663/5/6 block 16");
    }

    @Test
    void originAndTopLevelTransactionAreSkipped() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V14);
        long _ = wal.add(heap(1, 1, 30)
                .raw((byte) 253, (byte) 1, (byte) 0)
                .raw((byte) 252, (byte) 1, (byte) 0, (byte) 0, (byte) 0)
                .main(new byte[300]));

        assertThat(read(ended(wal))).containsExactly("1663/5/1 block 1");
    }

    @Test
    void beforeFourteenThereIsNoTopLevelTransaction() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V13);
        long lsn = wal.add(heap(1, 1, 0)
                .raw((byte) 252, (byte) 1, (byte) 0, (byte) 0, (byte) 0)
                .main(new byte[3]));

        assertDamaged(wal, lsn, "unknown part 252");
    }

    @Test
    void aFlippedBitIsFound() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V17);
        long _ = wal.add(heap(1, 1, 100));
        long lsn = wal.lsn();
        byte[] record = heap(2, 2, 100).bytes(wal.last());
        record[60] ^= 0x10;
        long _ = wal.add(record);

        assertDamaged(wal, lsn, "the checksum of the record is wrong");
    }

    @Test
    void aFlippedBitOfARecordOverSeveralPagesIsFound() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V17);
        long _ = wal.add(heap(1, 1, 100));
        long lsn = wal.lsn();
        byte[] record = heap(2, 2, 30_000).bytes(wal.last());
        record[29_000] ^= 0x10;
        long _ = wal.add(record);

        assertDamaged(wal, lsn, "the checksum of the record is wrong");
    }

    @Test
    void aRecordThatNamesAnotherOneBeforeItIsRefused() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V9_6);
        long _ = wal.add(heap(1, 1, 100));
        long lsn = wal.lsn();
        long _ = wal.add(heap(2, 2, 100).bytes(wal.last() - 8));

        assertDamaged(wal, lsn, "names 0/300020 as the one before it, which is at 0/300028");
    }

    @Test
    void zerosAreNoRecord() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V11);
        long _ = wal.add(heap(1, 1, 100));

        assertDamaged(wal, wal.lsn(), "a record has the length 0");
    }

    @Test
    void aRecordThatTheNextPageDoesNotContinueIsAnError() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V9_6);
        long _ = wal.add(heap(1, 1, 100));
        long lsn = wal.add(heap(2, 2, 10_000));
        List<byte[]> segments = wal.segments();
        segments.getFirst()[8192 + 2] = 0;

        assertThatThrownBy(() -> Heard.read(wal.name(0), segments))
                .hasMessageContaining("does not continue the record that begins at " + new Lsn(lsn));
    }

    @Test
    void anUnknownResourceManagerIsAnErrorButForThoseOfExtensions() {
        WalBuilder extension = WalBuilder.of(MajorVersion.V15);
        long _ = extension.add(Draft.of(130, 0).block(1663, 5, 1, 0, 1, 10));
        assertThat(read(ended(extension))).containsExactly("1663/5/1 block 1");

        WalBuilder old = WalBuilder.of(MajorVersion.V14);
        long lsn = old.add(Draft.of(130, 0).block(1663, 5, 1, 0, 1, 10));
        assertDamaged(old, lsn, "unknown resource manager 130");

        WalBuilder unknown = WalBuilder.of(MajorVersion.V18);
        assertDamaged(unknown, unknown.add(Draft.of(22, 0).main((byte) 1)), "unknown resource manager 22");
    }

    @Test
    void aRecordThatChangesFilesInAnUnknownWayIsAnError() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V16);

        assertDamaged(wal, wal.add(Draft.of(140, 0x11).main((byte) 1)), "in a way of its own");
    }

    @Test
    void headersMustAddUpToTheRecord() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V16);
        byte[] record = heap(1, 1, 100).bytes(wal.last());
        record[26] = 101;

        assertDamaged(wal, wal.add(WalBuilder.sealed(record)), "its headers tell of 101");
    }

    @Test
    void nothingBehindTheEndIsTold() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V16);
        long _ = wal.add(heap(1, 1, 100));
        long end = wal.add(heap(2, 2, 100));
        Heard heard = new Heard();
        byte[] segment = wal.segments().getFirst();
        WalReader reader = new WalReader(WalHeader.parse(segment, "test"), wal.name(0), new Lsn(end), heard);

        reader.page(segment, 0);

        assertThat(reader.isDone()).isTrue();
        assertThat(heard.lines()).containsExactly("1663/5/1 block 1");
    }

    @Test
    void pagesOfAnotherPlaceTimelineOrClusterAreRefused() {
        assertHeaderIsRefused(8, "its page is that of");
        assertHeaderIsRefused(4, "its page is of timeline");
        assertHeaderIsRefused(0, "magic number");
        assertHeaderIsRefused(2, "flags");
    }

    private static void assertHeaderIsRefused(int offset, String why) {
        WalBuilder wal = WalBuilder.of(MajorVersion.V16);
        long _ = wal.add(heap(1, 1, 30_000));
        byte[] segment = wal.segments().getFirst();
        segment[8192 + offset] ^= 0x40;

        assertThatThrownBy(() -> Heard.read(wal.name(0), List.of(segment)))
                .hasMessageContaining("at 0/302000:")
                .hasMessageContaining(why);
    }
}
