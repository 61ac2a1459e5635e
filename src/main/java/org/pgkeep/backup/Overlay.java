package org.pgkeep.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Extent;

/**
 * One file as several attempts stored parts of it: of each block the newest. What no attempt stored is a hole, as if it were zero: a block
 * that is zero needs nothing stored anyway.
 */
final class Overlay {
    private final List<List<Piece>> bySource = new ArrayList<>();

    /** A run of the file's blocks in a frame. */
    private record Piece(long first, Extent extent) {
        long end() {
            return first + extent.blocks();
        }
    }

    /** Of attempts numbered from 1, the newest last. */
    Overlay(int sources) {
        for (int i = 0; i < sources; i++) {
            bySource.add(new ArrayList<>());
        }
    }

    /** Adds what an attempt stored; of each attempt in the order of blocks. */
    void add(long first, int blocks, int source, int pack, int frame, int firstInFrame) {
        bySource.get(source - 1).add(new Piece(first, new Extent(blocks, source, pack, frame, firstInFrame)));
    }

    /** The file up to the last block that any attempt stored; empty when none stored any. */
    Optional<BaseFile> file(BaseFile.Source meaning) {
        List<Extent> extents = new ArrayList<>();
        int[] next = new int[bySource.size()];
        long at = 0;
        for (long end = advance(next, at); end > at; end = advance(next, at)) {
            extents.add(cut(next, at, end));
            at = end;
        }
        return at == 0 ? Optional.empty() : Optional.of(new BaseFile(at * Blocks.BYTES, extents, meaning));
    }

    /** Up to where the same piece counts, or the same hole; {@code at} when nothing follows. */
    private long advance(int[] next, long at) {
        long end = Long.MAX_VALUE;
        for (int i = next.length - 1; i >= 0; i--) {
            List<Piece> pieces = bySource.get(i);
            while (next[i] < pieces.size() && pieces.get(next[i]).end() <= at) {
                next[i]++;
            }
            if (next[i] < pieces.size()) {
                Piece piece = pieces.get(next[i]);
                if (piece.first <= at) {
                    return Math.min(end, piece.end());
                }
                end = Math.min(end, piece.first);
            }
        }
        return end == Long.MAX_VALUE ? at : end;
    }

    private Extent cut(int[] next, long at, long end) {
        int blocks = Math.toIntExact(end - at);
        for (int i = next.length - 1; i >= 0; i--) {
            if (next[i] < bySource.get(i).size()) {
                Piece piece = bySource.get(i).get(next[i]);
                if (piece.first <= at) {
                    Extent whole = piece.extent;
                    return new Extent(
                            blocks,
                            whole.source(),
                            whole.pack(),
                            whole.frame(),
                            whole.firstBlock() + (int) (at - piece.first));
                }
            }
        }
        return Extent.zero(blocks);
    }
}
