package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.postgres.ClusterState;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.PageCheck;
import org.pgkeep.postgres.PageVerdict;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.postgres.WalLevel;

/** The buffer holds what the first read saw, the file what the second one sees. */
class PageProofTest {
    private static final int PAGES = 4;
    private static final int SEGMENT_PAGES = 64;

    @TempDir
    private Path directory;

    private final List<Long> corrupt = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {1024, 4096, 8192, 16384, 32768})
    void aPageThatWasBeingWrittenIsTakenAsItIsNow(int pageBytes) throws IOException {
        byte[] written = pages(pageBytes, 0);
        byte[] seen = torn(written, pageBytes, 2);

        prove(pageBytes, "base/5/16384", written, seen);

        assertThat(corrupt).isEmpty();
        assertThat(seen).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 4096, 8192, 16384, 32768})
    void aPageThatStaysTornIsCorruptAndKeptAsItIs(int pageBytes) throws IOException {
        byte[] torn = torn(pages(pageBytes, 0), pageBytes, 2);
        byte[] seen = torn.clone();

        prove(pageBytes, "base/5/16384", torn, seen);

        assertThat(corrupt).containsExactly(2L);
        assertThat(seen).isEqualTo(torn);
    }

    /** Its full image is in the WAL, however often the server writes it. */
    @Test
    void aPageThatIsCaughtTwiceInFlightIsNoCorruption() throws IOException {
        byte[] written = pages(8192, 0);
        byte[] seen = torn(written, 8192, 1);
        byte[] again = torn(written, 8192, 1);
        again[8192 + 100] ^= 1;

        prove(8192, "base/5/16384", again, seen);

        assertThat(corrupt).isEmpty();
        assertThat(seen).isEqualTo(again);
    }

    @Test
    void aPageThatIsTruncatedAwayMeanwhileIsNoCorruption() throws IOException {
        byte[] written = pages(8192, 0);
        byte[] seen = torn(written, 8192, 3);

        prove(8192, "base/5/16384", Arrays.copyOf(written, 3 * 8192 + 5), seen);

        assertThat(corrupt).isEmpty();
    }

    @Test
    void pagesOfLaterSegmentsAreNumberedOn() throws IOException {
        byte[] torn = torn(pages(8192, SEGMENT_PAGES), 8192, 0);

        prove(8192, "base/5/16384.1", torn, torn.clone());

        assertThat(corrupt).containsExactly((long) SEGMENT_PAGES);
    }

    private void prove(int pageBytes, String path, byte[] file, byte[] seen) throws IOException {
        Path written = Files.write(directory.resolve("relation"), file);
        RelationFile relation = PageProof.pagesOf(path).orElseThrow();
        try (FileChannel channel = FileChannel.open(written)) {
            new PageProof(control(pageBytes))
                    .prove(channel, relation, 0, seen, 0, seen.length, (page, _) -> corrupt.add(page));
        }
    }

    /** The second half is still as it was before. */
    private static byte[] torn(byte[] pages, int pageBytes, int page) {
        byte[] torn = pages.clone();
        Arrays.fill(torn, page * pageBytes + pageBytes / 2, (page + 1) * pageBytes, (byte) 7);
        return torn;
    }

    /** Sound pages full of chance. */
    private static byte[] pages(int pageBytes, int firstPage) {
        byte[] pages = new byte[PAGES * pageBytes];
        new Random(pageBytes).nextBytes(pages);
        PageCheck check = new PageCheck(pageBytes, true);
        for (int page = 0; page < PAGES; page++) {
            int at = page * pageBytes;
            setShort(pages, at + 10, 0);
            setShort(pages, at + 12, 28);
            setShort(pages, at + 14, pageBytes / 2);
            setShort(pages, at + 16, pageBytes);
            setShort(pages, at + 8, 0);
            if (check.check(pages, at, firstPage + page) instanceof PageVerdict.BadChecksum bad) {
                setShort(pages, at + 8, bad.expected());
            }
            assertThat(check.check(pages, at, firstPage + page)).isEqualTo(PageVerdict.Good.SOUND);
        }
        return pages;
    }

    private static void setShort(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >> 8);
    }

    private static ControlFile control(int pageBytes) {
        Lsn lsn = Lsn.parse("0/2000028");
        return new ControlFile(
                MajorVersion.V17,
                1,
                ClusterState.IN_PRODUCTION,
                Instant.EPOCH,
                new ControlFile.Checkpoint(lsn, lsn, 1, 1, 700, Instant.EPOCH),
                new ControlFile.Recovery(Lsn.INVALID, 0, Lsn.INVALID, Lsn.INVALID, false),
                new ControlFile.Layout(pageBytes, SEGMENT_PAGES, 8192, 16 << 20),
                WalLevel.REPLICA,
                1);
    }
}
