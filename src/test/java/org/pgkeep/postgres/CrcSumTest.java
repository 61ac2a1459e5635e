package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class CrcSumTest {
    @Property(tries = 200)
    void piecesInAnyOrderAddUpToTheChecksumOfTheFile(
            @ForAll long seed, @ForAll @Size(max = 12) List<@IntRange(max = 5000) Integer> lengths) {
        Random random = new Random(seed);
        int size = lengths.stream().mapToInt(length -> length).sum();
        byte[] file = new byte[size];
        List<int[]> pieces = new ArrayList<>();
        int at = 0;
        for (int length : lengths) {
            if (random.nextInt(3) > 0) {
                byte[] piece = new byte[length];
                random.nextBytes(piece);
                System.arraycopy(piece, 0, file, at, length);
                pieces.add(new int[] {at, length});
            }
            at += length;
        }
        Collections.shuffle(pieces, random);

        int sum = CrcSum.ofZeros(size);
        for (int[] piece : pieces) {
            sum ^= CrcSum.share(file, piece[0], piece[1], (long) size - piece[0] - piece[1]);
        }

        CRC32C expected = new CRC32C();
        expected.update(file);
        assertThat(sum).isEqualTo((int) expected.getValue());
    }

    @Property(tries = 200)
    void twoPiecesMakeAWholeAndTheWholeGivesThePieceBack(
            @ForAll @Size(max = 3000) byte[] first, @ForAll @Size(max = 3000) byte[] second) {
        CRC32C both = new CRC32C();
        both.update(first);
        int ofFirst = (int) both.getValue();
        both.update(second);
        CRC32C alone = new CRC32C();
        alone.update(second);

        assertThat(CrcSum.combined(ofFirst, (int) alone.getValue(), second.length))
                .isEqualTo((int) both.getValue());
        assertThat(CrcSum.combined(ofFirst, (int) both.getValue(), second.length))
                .isEqualTo((int) alone.getValue());
    }
}
