package org.pgkeep.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.WalPiece;

class PieceListTest {
    private static final SegmentName SEGMENT = new SegmentName(1, 0, 3);

    @Test
    void fewPiecesAreNotTouched() {
        PieceList pieces = new PieceList(List.of());
        assertThat(pieces.next(SEGMENT, 0, 10)).isEqualTo(new PieceList.Next(new WalPiece(SEGMENT, 0, 10), List.of()));
        assertThat(pieces.next(SEGMENT, 10, 20).piece()).isEqualTo(new WalPiece(SEGMENT, 10, 20));
        assertThat(pieces.size()).isEqualTo(2);
    }

    @Test
    void howeverManyCommitsThereAreFewPiecesAndNoByteIsLost() {
        PieceList pieces = new PieceList(List.of());
        Set<WalPiece> there = new HashSet<>();
        long stored = 0;
        int flushes = 20_000;
        for (int i = 0; i < flushes; i++) {
            PieceList.Next next = pieces.next(SEGMENT, i * 100, (i + 1) * 100);
            assertThat(there.add(next.piece())).isTrue();
            assertThat(there).containsAll(next.folded());
            next.folded().forEach(there::remove);
            stored += next.piece().to() - next.piece().from();
            assertThat(there).hasSize(pieces.size()).hasSizeLessThanOrEqualTo(3 * PieceList.SAME_MAX);
        }
        List<WalPiece> inOrder = new ArrayList<>(there);
        inOrder.sort((a, b) -> Integer.compare(a.from(), b.from()));
        int end = 0;
        for (WalPiece piece : inOrder) {
            assertThat(piece.from()).isEqualTo(end);
            end = piece.to();
        }
        assertThat(end).isEqualTo(flushes * 100);
        assertThat(stored).as("how often bytes are stored").isLessThanOrEqualTo(3L * end);
    }

    @Test
    void whatAnEarlierRunLeftCountsAsFarAsItIsNeeded() {
        List<WalPiece> left = new ArrayList<>();
        left.add(new WalPiece(SEGMENT, 0, 6300));
        for (int i = 0; i < 63; i++) {
            left.add(new WalPiece(SEGMENT, i * 100, (i + 1) * 100));
        }
        assertThat(new PieceList(left).size()).isEqualTo(1);
    }
}
