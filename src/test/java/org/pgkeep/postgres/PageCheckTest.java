package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.postgres.PageVerdict.BadChecksum;
import org.pgkeep.postgres.PageVerdict.BadHeader;
import org.pgkeep.postgres.PageVerdict.Good;

final class PageCheckTest {
    private static final int BLOCK_BYTES = 8192;

    private final PageCheck check = new PageCheck(BLOCK_BYTES, true);

    @ParameterizedTest
    @ValueSource(strings = {"heap-block-2", "fsm-block-2"})
    void aPageThatAServerWroteIsSound(String name) {
        assertThat(check.check(GoldenFile.page(name), 0, 2)).isEqualTo(Good.SOUND);
    }

    @Test
    void aPageInTheMiddleOfABufferIsChecked() {
        byte[] buffer = new byte[4 * BLOCK_BYTES + 3];
        System.arraycopy(GoldenFile.page("heap-block-2"), 0, buffer, BLOCK_BYTES + 3, BLOCK_BYTES);
        assertThat(check.check(buffer, BLOCK_BYTES + 3, 2)).isEqualTo(Good.SOUND);
        assertThat(check.check(buffer, 2 * BLOCK_BYTES + 3, 2)).isEqualTo(Good.NEW);
    }

    @Test
    void aPageOfAnotherBlockHasTheWrongChecksum() {
        byte[] page = GoldenFile.page("heap-block-2");
        int found = (page[8] & 0xFF) | (page[9] & 0xFF) << 8;
        assertThat(check.check(page, 0, 3)).isInstanceOfSatisfying(BadChecksum.class, bad -> {
            assertThat(bad.found()).isEqualTo(found);
            assertThat(bad.expected()).isNotEqualTo(found).isBetween(1, 65535);
        });
    }

    /** A checksum of 16 bits misses one flip in 65,535: of the 65,536 of this page, the one whose checksum is the same. */
    @Test
    void anyFlippedBitIsFoundButOne() {
        byte[] page = GoldenFile.page("heap-block-2");
        List<Integer> missed = IntStream.range(0, BLOCK_BYTES * 8)
                .filter(bit -> !isFound(page, bit))
                .boxed()
                .toList();
        assertThat(missed).containsExactly(520);
    }

    private boolean isFound(byte[] page, int bit) {
        byte flip = (byte) (1 << bit % 8);
        page[bit / 8] ^= flip;
        boolean found = check.check(page, 0, 2).isBad();
        page[bit / 8] ^= flip;
        return found;
    }

    @Test
    void checkingChangesNothing() {
        byte[] page = GoldenFile.page("heap-block-2");
        check.check(page, 0, 7);
        assertThat(page).isEqualTo(GoldenFile.page("heap-block-2"));
    }

    @Property
    void onlyAPageOfZerosIsNew(@ForAll @IntRange(max = BLOCK_BYTES - 1) int position) {
        byte[] page = new byte[BLOCK_BYTES];
        assertThat(check.check(page, 0, 0)).isEqualTo(Good.NEW);
        page[position] = 1;
        assertThat(check.check(page, 0, 0).isBad()).isTrue();
    }

    @Test
    void withoutChecksumsTheHeaderDecides() {
        PageCheck headers = new PageCheck(BLOCK_BYTES, false);
        byte[] page = GoldenFile.page("heap-block-2");
        page[4000] ^= 1;
        assertThat(headers.check(page, 0, 99)).isEqualTo(Good.SOUND);

        page[10] = 0x10;
        assertThat(headers.check(page, 0, 2)).isInstanceOf(BadHeader.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 14, 16})
    void anImpossibleHeaderIsBadEvenWithTheRightChecksum(int field) {
        byte[] page = GoldenFile.page("heap-block-2");
        page[field] ^= 1;
        page[field + 1] ^= 0x40;
        int checksum = check.checksum(page, 0, 2);
        page[8] = (byte) checksum;
        page[9] = (byte) (checksum >> 8);
        assertThat(check.check(page, 0, 2)).isInstanceOf(BadHeader.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 2048, 4096, 8192, 16384, 32768})
    void everyBlockSizeHasTheServersChecksum(int blockBytes) {
        byte[] page = new byte[blockBytes];
        new Random(blockBytes).nextBytes(page);
        assertThat(new PageCheck(blockBytes, true).checksum(page, 0, 0xFFFF_FFFEL))
                .isEqualTo(plainChecksum(page, 0xFFFF_FFFEL));
    }

    /** The definition, word by word, as slow as it is plain. */
    private static int plainChecksum(byte[] page, long block) {
        byte[] copy = page.clone();
        copy[8] = 0;
        copy[9] = 0;
        int result = 0;
        for (int column = 0; column < 32; column++) {
            int sum = PageCheck.BASE_OFFSETS[column];
            for (int at = column * 4; at < copy.length; at += 128) {
                sum = round(sum, word(copy, at));
            }
            result ^= round(round(sum, 0), 0);
        }
        return (int) (Integer.toUnsignedLong(result ^ (int) block) % 65535 + 1);
    }

    private static int round(int sum, int value) {
        return (sum ^ value) * 16777619 ^ (sum ^ value) >>> 17;
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xFF)
                | (bytes[at + 1] & 0xFF) << 8
                | (bytes[at + 2] & 0xFF) << 16
                | (bytes[at + 3] & 0xFF) << 24;
    }

    @Test
    void theLsnOfAPageIsItsFirstEightBytesHighHalfFirst() {
        byte[] page = new byte[BLOCK_BYTES];
        page[0] = 0x16;
        page[4] = 0x48;
        page[5] = (byte) 0xD8;
        page[7] = (byte) 0xB3;
        assertThat(PageCheck.lsn(page, 0)).isEqualTo(Lsn.parse("16/B300D848"));
    }
}
