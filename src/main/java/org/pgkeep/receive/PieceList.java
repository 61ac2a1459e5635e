package org.pgkeep.receive;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.WalPiece;

/**
 * The pieces of a running segment, of which there must not be many: where so many of a kind follow on one another, the next covers them
 * all, and they go. As the digits of a number: of each kind there are always fewer, and no byte is stored more often than there
 * are kinds.
 */
final class PieceList {
    /** How many of a kind there are at most. */
    static final int SAME_MAX = 63;

    private final List<WalPiece> pieces = new ArrayList<>();
    private final List<Integer> kinds = new ArrayList<>();

    /** With those that an earlier run left; what others cover is not counted. */
    PieceList(List<WalPiece> inOrder) {
        int end = 0;
        for (WalPiece piece : inOrder) {
            if (piece.to() > end) {
                add(piece, 0);
                end = piece.to();
            }
        }
    }

    /**
     * What to store next.
     *
     * @param piece with the new bytes, and perhaps older ones
     * @param folded pieces that can go when it is durable
     */
    record Next(WalPiece piece, List<WalPiece> folded) {}

    /** Adds the bytes from one offset to another. */
    Next next(SegmentName segment, int from, int to) {
        int kind = 0;
        int begin = from;
        List<WalPiece> folded = new ArrayList<>();
        while (ofKindAtEnd(kind) >= SAME_MAX) {
            while (!kinds.isEmpty() && kinds.getLast() == kind) {
                kinds.removeLast();
                WalPiece last = pieces.removeLast();
                folded.add(last);
                begin = Math.min(begin, last.from());
            }
            kind++;
        }
        WalPiece piece = new WalPiece(segment, begin, to);
        add(piece, kind);
        return new Next(piece, folded);
    }

    private void add(WalPiece piece, int kind) {
        pieces.add(piece);
        kinds.add(kind);
    }

    private int ofKindAtEnd(int kind) {
        int count = 0;
        while (count < kinds.size() && kinds.get(kinds.size() - 1 - count) == kind) {
            count++;
        }
        return count;
    }

    int size() {
        return pieces.size();
    }
}
