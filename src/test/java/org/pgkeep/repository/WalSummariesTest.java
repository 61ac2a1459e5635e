package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.SegmentSummarizer;
import org.pgkeep.postgres.wal.SegmentSummary;
import org.pgkeep.postgres.wal.WalBuilder;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

class WalSummariesTest {
    private static final String HASH = "3f63324d2040b0f25f6afb7366a3aa8e";

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final WalSummaries summaries =
            TinyRepository.cluster(storage, clock).wal().summaries();

    /** Two segments: a record over their boundary, a relation that is cut, blocks in a row and far apart. */
    private static WalBuilder wal() {
        WalBuilder wal = WalBuilder.of(MajorVersion.V17);
        long _ = wal.add(WalBuilder.Draft.of(10, 0).block(1663, 5, 16384, 0, 7, 100));
        long _ = wal.add(WalBuilder.Draft.of(10, 0).block(1663, 5, 16384, 0, 8, 100));
        long _ = wal.add(WalBuilder.Draft.of(10, 0).block(1663, 5, 16384, 0, 300, 100));
        wal.fillSegment(64);
        long _ = wal.add(WalBuilder.Draft.of(10, 0).block(1663, 5, 16385, 0, 1, 200));
        long _ = wal.switchSegment();
        return wal;
    }

    private static SegmentSummary summary(int index) {
        WalBuilder wal = wal();
        SegmentSummarizer summarizer = new SegmentSummarizer(wal.name(index));
        byte[] segment = wal.segments().get(index);
        summarizer.write(segment, 0, segment.length);
        return summarizer.finish();
    }

    @Test
    void aSummaryComesBack() {
        for (int index = 0; index < 2; index++) {
            SegmentSummary stored = summary(index);
            summaries.store(HASH, stored);
            SegmentSummary read = summaries.find(stored.segment(), HASH).orElseThrow();

            assertThat(read).usingRecursiveComparison().isEqualTo(stored);
            assertThat(SummaryFormat.print(read)).isEqualTo(SummaryFormat.print(stored));
        }
        assertThat(summary(0).tail()).isPresent();
        assertThat(summary(1).head().missing()).isPositive();
    }

    @Test
    void itLiesBesideItsSegmentAndIsNoFileOfTheArchive() {
        summaries.store(HASH, summary(0));

        assertThat(TinyRepository.names(storage))
                .contains(ObjectName.of(
                        "clusters/main/wal/1/0000000100000000", "000000010000000000000003-" + HASH + ".summary"));
        WalArchive wal = TinyRepository.cluster(storage, clock).wal();
        try (var files = wal.list()) {
            assertThat(files).isEmpty();
        }
        assertThat(wal.find("000000010000000000000003")).isEmpty();
        assertThat(summaries.has(summary(0).segment(), HASH)).isTrue();
        assertThat(summaries.has(summary(1).segment(), HASH)).isFalse();
    }

    @Test
    void everyFlippedBitIsFound() {
        byte[] object = SummaryFormat.print(summary(0));
        for (int at = 0; at < object.length; at++) {
            byte[] damaged = object.clone();
            damaged[at] ^= 1;
            assertDamaged(damaged, summary(0).segment());
        }
        assertDamaged(Arrays.copyOf(object, 10), summary(0).segment());
        assertDamaged(object, summary(1).segment());
    }

    private static void assertDamaged(byte[] object, SegmentName segment) {
        assertThatThrownBy(() -> SummaryFormat.parse(object, segment, "there"))
                .isInstanceOfSatisfying(PgkeepException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED);
                    assertThat(e).hasMessageStartingWith("there ");
                });
    }

    @Test
    void aNewerFormatIsTooNew() {
        byte[] object = SummaryFormat.print(summary(0));
        ByteBuffer bytes = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(8, 2).putLong(object.length - 8, Xxh3.hash(object, 0, object.length - 8));

        assertThatThrownBy(() -> SummaryFormat.parse(object, summary(0).segment(), "there"))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_NEW));
    }

    @Test
    void aDamagedOneIsRemovedSoThatItCanBeMadeAnew() {
        SegmentSummary sound = summary(0);
        ObjectName name =
                ObjectName.of("clusters/main/wal/1/0000000100000000", "000000010000000000000003-" + HASH + ".summary");
        assertThat(storage.create(name, new byte[100])).isTrue();

        assertThat(summaries.findSound(sound.segment(), HASH)).isEmpty();
        summaries.store(HASH, sound);
        assertThat(summaries.findSound(sound.segment(), HASH)).isPresent();
    }

    /** What the first build wrote; {@code docs/formats/wal-summary.md} explains it. */
    @Test
    void theExampleOfTheFormatIsRead() {
        byte[] golden = HexFormat.of().parseHex(String.join("", GOLDEN));

        SegmentSummary read = SummaryFormat.parse(golden, summary(0).segment(), "golden");

        assertThat(read).usingRecursiveComparison().isEqualTo(summary(0));
    }

    private static final List<String> GOLDEN = List.of(
            "504b45505753554d01000000a900000028b52ffd20a9c50300b2061823904d7308916ed35867237e",
            "d4bba134814a735bee0eb238bdf4afc16bc33a4829b4650addee551ba52900ec30ec559ba4512089",
            "365965f24098461ecd42812c2ef777e03264556038d904eaf3d22fad9349fcda40919375c6078b0e",
            "0dee3b0e0800ef9099ab4cd83974ae5b965170d9ce9c698b1c8ce5e6edc64cda3b");
}
