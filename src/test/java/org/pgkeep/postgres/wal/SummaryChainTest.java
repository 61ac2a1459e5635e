package org.pgkeep.postgres.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.WalBuilder.Draft;

class SummaryChainTest {
    private static final MajorVersion VERSION = MajorVersion.V15;

    private static Draft heap(int relation, int block, int data) {
        return Draft.of(10, 0).block(1663, 5, relation, 0, block, data);
    }

    private static Draft drops(int count, int subtransactions) {
        ByteBuffer main = ByteBuffer.allocate(20 + 4 * subtransactions + 12 * count)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(1)
                .putInt(subtransactions > 0 ? 6 : 4);
        if (subtransactions > 0) {
            main.putInt(subtransactions).position(16 + 4 * subtransactions);
        }
        main.putInt(count);
        for (int i = 0; i < count; i++) {
            main.putInt(1663).putInt(5).putInt(20_000 + i);
        }
        return Draft.of(Rmgr.XACT, 0x81).main(java.util.Arrays.copyOf(main.array(), main.position()));
    }

    /** A record of every size at every distance from the segment's end, beginning with 8 bytes that hold half its header. */
    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 32, 40, 48, 64, 4000})
    void aRecordOverTheBoundaryIsToldOnce(int left) {
        WalBuilder wal = WalBuilder.of(VERSION);
        wal.fillSegment(left);
        long _ = wal.add(heap(2, 77, 5000).sameRelation(3, 5));
        long _ = wal.add(heap(3, 1, 0));
        long _ = wal.switchSegment();

        Heard joined = Heard.join(VERSION, wal.name(0), wal.segments());

        assertThat(joined.lines().stream().filter("1663/5/2 block 77"::equals)).hasSize(1);
        assertThat(joined.kept())
                .contains("1663/5/2 fork 3 block 5", "1663/5/3 block 1")
                .isEqualTo(Heard.read(wal.name(0), wal.segments()).kept());
    }

    @Test
    void aRecordLargerThanSegmentsIsTold() {
        WalBuilder wal = WalBuilder.of(VERSION);
        long _ = wal.add(heap(1, 1, 0));
        long _ = wal.add(heap(2, 2, 100).main(new byte[3_300_000]));
        long _ = wal.add(heap(3, 3, 0));
        long _ = wal.switchSegment();

        assertThat(wal.segments()).hasSize(4);
        assertThat(Heard.join(VERSION, wal.name(0), wal.segments()).kept())
                .containsExactly("1663/5/1 block 1", "1663/5/2 block 2", "1663/5/3 block 3");
    }

    @Test
    void aCommitOverTheBoundaryDropsItsRelations() {
        WalBuilder wal = WalBuilder.of(VERSION);
        wal.fillSegment(104);
        long _ = wal.add(drops(2000, 500));
        long _ = wal.switchSegment();

        assertThat(Heard.join(VERSION, wal.name(0), wal.segments()).kept())
                .contains("1663/5/20000 limit 0", "1663/5/21999 limit 0", "1663/5/21999 fork 3 limit 0");
    }

    @Test
    void aCommitThatIsTooLongForTheEdgesMustBeRead() {
        WalBuilder wal = WalBuilder.of(VERSION);
        wal.fillSegment(104);
        long commit = wal.add(drops(10_000, 0));
        long _ = wal.switchSegment();
        List<byte[]> segments = wal.segments();
        SummaryChain chain = new SummaryChain(VERSION, new Heard());

        assertThat(chain.add(Heard.summarize(wal.name(0), segments.get(0)))).isEmpty();
        assertThat(chain.add(Heard.summarize(wal.name(1), segments.get(1)))).contains(new Lsn(commit));
        assertThat(Heard.read(wal.name(0), segments).kept()).contains("1663/5/29999 limit 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aRecordThatACrashCutOffIsNobodys(int pages) {
        WalBuilder wal = WalBuilder.of(VERSION);
        wal.fillSegment(64);
        long _ = wal.addCut(heap(2, 77, 60_000), pages);
        long _ = wal.add(heap(3, 1, 0));
        long _ = wal.switchSegment();

        Heard joined = Heard.join(VERSION, wal.name(0), wal.segments());

        assertThat(joined.kept())
                .doesNotContain("1663/5/2 block 77")
                .isEqualTo(Heard.read(wal.name(0), wal.segments()).kept());
    }

    /** As servers before the minor releases of November 2021 left it behind, when the segment was archived before the crash. */
    @Test
    void aRecordThatTheNextSegmentDoesNotContinueIsAnError() {
        WalBuilder before = WalBuilder.of(MajorVersion.V9_6);
        before.fillSegment(64);
        long cut = before.add(heap(2, 77, 5000));
        WalBuilder after = WalBuilder.of(MajorVersion.V9_6);
        after.fillSegment(0);
        long _ = after.add(heap(3, 1, 0));
        long _ = after.switchSegment();
        SummaryChain chain = new SummaryChain(MajorVersion.V9_6, new Heard());
        assertThat(chain.add(Heard.summarize(before.name(0), before.segments().getFirst())))
                .isEmpty();
        SegmentSummary next = Heard.summarize(after.name(1), after.segments().get(1));

        assertThatThrownBy(() -> chain.add(next))
                .hasMessage(
                        "WAL segment 000000010000000000000004 cannot be understood at 0/400000: it does not continue the"
                                + " record that begins at " + new Lsn(cut));
    }

    @Test
    void aContinuationOfAnotherRecordIsFoundByItsChecksum() {
        WalBuilder one = WalBuilder.of(VERSION);
        one.fillSegment(64);
        long cut = one.add(heap(2, 77, 5000));
        WalBuilder other = WalBuilder.of(VERSION);
        other.fillSegment(64);
        long _ = other.add(heap(2, 78, 4000).main(new byte[995]));
        long _ = other.switchSegment();
        SummaryChain chain = new SummaryChain(VERSION, new Heard());
        assertThat(chain.add(Heard.summarize(one.name(0), one.segments().getFirst())))
                .isEmpty();
        SegmentSummary next = Heard.summarize(other.name(1), other.segments().get(1));

        assertThatThrownBy(() -> chain.add(next))
                .hasMessageContaining("at " + new Lsn(cut) + ": the checksum of the record is wrong");
    }

    @Test
    void aSegmentThatIsLeftOutIsMissed() {
        WalBuilder wal = WalBuilder.of(VERSION);
        for (int i = 0; i < 3; i++) {
            long _ = wal.add(heap(i, i, 10));
            long _ = wal.switchSegment();
        }
        List<byte[]> segments = wal.segments();
        SummaryChain chain = new SummaryChain(VERSION, new Heard());
        assertThat(chain.add(Heard.summarize(wal.name(0), segments.get(0)))).isEmpty();

        assertThatThrownBy(() -> chain.add(Heard.summarize(wal.name(2), segments.get(2))))
                .hasMessageContaining("does not follow segment 000000010000000000000003");
    }

    /** What follows pg_resetwal, or a server that was copied. */
    @Test
    void aSegmentOfAnotherPastIsRefused() {
        WalBuilder wal = WalBuilder.of(VERSION);
        long _ = wal.add(heap(1, 1, 10));
        long _ = wal.switchSegment();
        WalBuilder other = WalBuilder.of(VERSION);
        long _ = other.add(heap(1, 1, 999));
        long _ = other.switchSegment();
        long first = other.add(heap(2, 2, 10));
        long _ = other.switchSegment();
        SummaryChain chain = new SummaryChain(VERSION, new Heard());
        assertThat(chain.add(Heard.summarize(wal.name(0), wal.segments().getFirst())))
                .isEmpty();
        SegmentSummary next = Heard.summarize(other.name(1), other.segments().get(1));

        assertThatThrownBy(() -> chain.add(next))
                .hasMessageContaining("at " + new Lsn(first) + ": the record names")
                .hasMessageContaining("as the one before it");
    }

    @Test
    void theEndMustBeReached() {
        WalBuilder wal = WalBuilder.of(VERSION);
        wal.fillSegment(64);
        long cut = wal.add(heap(2, 77, 5000));
        SummaryChain chain = new SummaryChain(VERSION, new Heard());
        assertThat(chain.add(Heard.summarize(wal.name(0), wal.segments().getFirst())))
                .isEmpty();

        chain.requireReached(new Lsn(cut));
        assertThatThrownBy(() -> chain.requireReached(new Lsn(cut + 64))).hasMessageContaining("does not end before");
        assertThatThrownBy(() -> chain.requireReached(new Lsn(cut + 8000))).hasMessageContaining("WAL ends here");
    }

    @Test
    void aSegmentThatIsStillWrittenIsToldUpToAnLsn() {
        WalBuilder wal = WalBuilder.of(VERSION);
        long _ = wal.add(heap(1, 1, 10));
        long end = wal.add(heap(2, 2, 10));
        SegmentSummarizer summarizer = new SegmentSummarizer(wal.name(0), new Lsn(end));
        summarizer.write(wal.segments().getFirst(), 0, 8192);

        assertThat(summarizer.isDone()).isTrue();
        SegmentSummary summary = summarizer.finish();
        assertThat(summary.end()).isEqualTo(new Lsn(end));
        Heard heard = new Heard();
        summary.references().tell(heard);
        assertThat(heard.lines()).containsExactly("1663/5/1 block 1");
    }

    @Test
    void theFirstSegmentOfATimelineBeginsWithPagesOfTheOneBefore() {
        WalBuilder wal = WalBuilder.of(VERSION);
        long _ = wal.add(heap(1, 1, 9000));
        wal.timeline(2);
        long _ = wal.add(heap(2, 2, 9000));
        long _ = wal.switchSegment();
        SegmentName second = wal.name(0);

        assertThat(Heard.join(VERSION, second, wal.segments()).kept())
                .containsExactly("1663/5/1 block 1", "1663/5/2 block 2");
        assertThatThrownBy(() ->
                        Heard.summarize(second.onTimeline(1), wal.segments().getFirst()))
                .hasMessageContaining("its page is of timeline 2");
    }

    @Test
    void minimalWalIsMarked() {
        WalBuilder wal = WalBuilder.of(VERSION);
        ByteBuffer parameters = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
        long _ = wal.add(
                Draft.of(Rmgr.XLOG, 0x60).main(parameters.putInt(20, 0).array().clone()));
        long _ = wal.add(
                Draft.of(Rmgr.XLOG, 0x60).main(parameters.putInt(20, 1).array().clone()));
        long _ = wal.switchSegment();
        long _ = wal.add(Draft.of(Rmgr.XLOG, 0x60).main(parameters.array().clone()));
        long _ = wal.switchSegment();
        List<byte[]> segments = wal.segments();

        assertThat(Heard.summarize(wal.name(0), segments.get(0)).minimal()).isTrue();
        assertThat(Heard.summarize(wal.name(1), segments.get(1)).minimal()).isFalse();
        assertThat(Heard.summarize(wal.name(1), segments.get(1)).parametersTold())
                .isTrue();
    }

    /** Whatever the sizes of pages and records: summaries joined tell what a reader tells that sees everything. */
    @Property(tries = 25)
    void summariesOfAnyWalTellWhatReadingItTells(
            @ForAll long seed,
            @ForAll @IntRange(min = 10, max = 16) int pageBits,
            @ForAll @IntRange(max = 3) int kind) {
        Random random = new Random(seed);
        WalBuilder wal = new WalBuilder(VERSION, 1 << 20, 1 << pageBits, 1 + random.nextInt(1000));
        while (wal.segmentCount() < 4) {
            long _ = wal.add(record(random, kind));
            if (random.nextInt(3000) == 0) {
                long _ = wal.switchSegment();
            }
        }
        long _ = wal.switchSegment();

        Heard read = Heard.read(wal.name(0), wal.segments());
        Heard expected = new Heard();
        ChangeTable all = new ChangeTable(new Place(wal.name(0)));
        read.kept().forEach(line -> replay(line, all));
        all.finish().tell(expected);
        ChangeTable joined = new ChangeTable(new Place(wal.name(0)));
        Heard.join(VERSION, wal.name(0), wal.segments()).kept().forEach(line -> replay(line, joined));
        Heard found = new Heard();
        joined.finish().tell(found);

        assertThat(found.kept()).as("seed %d", seed).isEqualTo(expected.kept());
    }

    private static Draft record(Random random, int kind) {
        int relation = 1 + random.nextInt(5);
        int block = random.nextInt(3) == 0 ? random.nextInt() & 0x7FFF_FFFF : random.nextInt(2000);
        return switch (random.nextInt(12)) {
            case 0 -> heap(relation, block, 8192 >> random.nextInt(3)).sameRelation(random.nextInt(4), block + 1);
            case 1 -> drops(1 + random.nextInt(3), random.nextInt(80));
            case 2 -> Draft.of(21, 0).main(new byte[random.nextInt(kind == 3 ? 900_000 : 20_000)]);
            case 3 ->
                Draft.of(Rmgr.SMGR, 0x21)
                        .main(ByteBuffer.allocate(20)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(random.nextInt(2000))
                                .putInt(1663)
                                .putInt(5)
                                .putInt(relation)
                                .putInt(1 + random.nextInt(7))
                                .array());
            default -> heap(relation, block, random.nextInt(300));
        };
    }

    private static void replay(String line, ChangeTable table) {
        String[] parts = line.split("[/ ]");
        int relation = Integer.parseInt(parts[2]);
        int fork = parts[3].equals("fork") ? Integer.parseInt(parts[4]) : 0;
        int number = Integer.parseUnsignedInt(parts[parts.length - 1]);
        if (line.contains("limit")) {
            table.limit(1663, 5, relation, fork, number);
        } else {
            table.block(1663, 5, relation, fork, number);
        }
    }
}
