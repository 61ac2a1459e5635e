package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.FrameCodec;

/**
 * One worker's way into the repository: blocks are read straight into {@link #buffer()}, {@link #take} keeps those that are not
 * zero and says where they will stand, full frames are compressed and appended to the worker's own pack. For one thread.
 *
 * <pre>
 * ensureRoom(n); read n blocks into buffer() at usedBytes(); take(path, first, n, placement)
 * … finish()
 * </pre>
 */
public final class PackAppender implements AutoCloseable {
    private final Supplier<PackWriter> packs;
    private final LongConsumer storedBytes;
    private final long packBytes;
    private final FrameCodec codec;
    private final byte[] buffer = new byte[FrameCodec.CONTENT_BYTES_MAX];
    private final long[] keptHashes = new long[Blocks.PER_GROUP];
    private final long[] takenHashes = new long[Blocks.PER_GROUP];
    private final List<Part> parts = new ArrayList<>();
    private int used;
    private @Nullable PackWriter pack;

    PackAppender(Supplier<PackWriter> packs, LongConsumer storedBytes, Compression compression, long packBytes) {
        this.packs = packs;
        this.storedBytes = storedBytes;
        this.packBytes = packBytes;
        this.codec = new FrameCodec(compression);
    }

    /** Hears where blocks will stand. */
    public interface Placement {
        /** These blocks are zero and not stored. */
        void zero(long firstBlock, int blocks);

        /** These blocks are as they were in the base. */
        default void kept(long firstBlock, int blocks) {
            throw new IllegalStateException("without a base, no block is kept");
        }

        /** These blocks are as an earlier attempt stored them. */
        default void found(long firstBlock, int blocks) {
            throw new IllegalStateException("without an attempt, no block is found");
        }

        /** These blocks stand in this frame of this pack, from this block of its content on. */
        void stored(long firstBlock, int blocks, int pack, int frame, int firstInFrame);
    }

    /** Knows what is stored already: in the base of an incremental backup, and in attempts that were cut off. */
    public interface Base {
        /** No base: nothing is kept. */
        Base NONE = (_, _) -> false;

        /** Whether the i-th block taken, whose hash this is, is to be referred to instead of stored. */
        boolean isKept(int i, long hash);

        /** Whether an earlier attempt stored just this block, if it is not kept and not zero. */
        default boolean isFound(int i, long hash) {
            return false;
        }
    }

    /** Writes the current frame if it has no room for this many more blocks (at most {@link Blocks#PER_GROUP}). */
    public void ensureRoom(int blocks) {
        if (used + blocks > Blocks.PER_GROUP) {
            flush();
        }
    }

    /** Where the next blocks are read into, from {@link #usedBytes()} on. */
    public byte[] buffer() {
        return buffer;
    }

    /** Bytes of the buffer in use. */
    public int usedBytes() {
        return used * Blocks.BYTES;
    }

    /**
     * Takes blocks that were read into the buffer at {@link #usedBytes()}; a last partial block must be padded with zeros.
     *
     * @return the hash of each block in order; valid until the next call
     */
    public long[] take(PathName path, long firstBlock, int blocks, Placement placement) {
        return take(path, firstBlock, blocks, Base.NONE, placement);
    }

    /** The same, but blocks that the base has are only referred to. */
    public long[] take(PathName path, long firstBlock, int blocks, Base base, Placement placement) {
        int from = used;
        int runStart = 0;
        Fate runFate = Fate.ZERO;
        for (int i = 0; i < blocks; i++) {
            Fate fate = fate(from, i, base);
            if (i > runStart && fate != runFate) {
                place(path, firstBlock, runStart, i - runStart, runFate, from, placement);
                runStart = i;
            }
            runFate = fate;
        }
        place(path, firstBlock, runStart, blocks - runStart, runFate, from, placement);
        return takenHashes;
    }

    /** What becomes of a block. */
    private enum Fate {
        ZERO,
        KEPT,
        FOUND,
        STORED
    }

    private Fate fate(int from, int i, Base base) {
        boolean zero = Blocks.isZero(buffer, (from + i) * Blocks.BYTES);
        takenHashes[i] = zero ? Blocks.ZERO_HASH : Blocks.hash(buffer, (from + i) * Blocks.BYTES);
        if (base.isKept(i, takenHashes[i])) {
            return Fate.KEPT;
        }
        if (zero) {
            return Fate.ZERO;
        }
        return base.isFound(i, takenHashes[i]) ? Fate.FOUND : Fate.STORED;
    }

    /** Places the run of {@code blocks} that begins {@code skip} blocks after the first one taken. */
    private void place(PathName path, long first, int skip, int blocks, Fate fate, int from, Placement placement) {
        switch (fate) {
            case ZERO -> placement.zero(first + skip, blocks);
            case KEPT -> placement.kept(first + skip, blocks);
            case FOUND -> placement.found(first + skip, blocks);
            case STORED -> store(path, first, skip, blocks, from, placement);
        }
    }

    private void store(PathName path, long first, int skip, int blocks, int from, Placement placement) {
        if (from + skip != used) {
            // Blocks were left out before this run: close the gap.
            int source = (from + skip) * Blocks.BYTES;
            System.arraycopy(buffer, source, buffer, used * Blocks.BYTES, blocks * Blocks.BYTES);
        }
        System.arraycopy(takenHashes, skip, keptHashes, used, blocks);
        PackWriter current = currentPack();
        placement.stored(first + skip, blocks, current.number(), current.frameCount(), used);
        parts.add(new Part(path, first + skip, blocks));
        used += blocks;
    }

    /** Writes what is left and makes the last pack durable. */
    public void finish() {
        flush();
        closePack();
    }

    private void flush() {
        if (used == 0) {
            return;
        }
        PackWriter current = currentPack();
        int length = used * Blocks.BYTES;
        int stored = codec.compress(buffer, length);
        boolean raw = stored < 0;
        current.append(
                raw ? buffer : codec.stored(),
                raw ? length : stored,
                raw ? Algorithm.NONE : codec.algorithm(),
                parts,
                keptHashes,
                used);
        parts.clear();
        used = 0;
        if (current.size() >= packBytes || current.isFull()) {
            closePack();
        }
    }

    private PackWriter currentPack() {
        PackWriter current = pack;
        if (current == null) {
            current = packs.get();
            pack = current;
        }
        return current;
    }

    private void closePack() {
        PackWriter current = pack;
        if (current != null) {
            current.finish();
            storedBytes.accept(current.size());
            current.close();
            pack = null;
        }
    }

    @Override
    public void close() {
        codec.close();
        if (pack != null) {
            pack.close();
        }
    }
}
