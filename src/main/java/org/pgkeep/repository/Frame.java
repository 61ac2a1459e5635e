package org.pgkeep.repository;

import java.util.Arrays;
import java.util.List;
import org.pgkeep.codec.Algorithm;

/** One frame of a pack, as its index tells: where it is, in which form, what it holds. */
public final class Frame {
    /** A frame, its place in the list and its hashes' array. */
    private static final int OBJECT_BYTES = 72;

    private final long offset;
    private final int storedBytes;
    private final Algorithm form;
    private final long storedHash;
    private final Parts parts;
    private final long[] blockHashes;

    Frame(long offset, int storedBytes, Algorithm form, long storedHash, List<Part> parts, long[] blockHashes) {
        this.offset = offset;
        this.storedBytes = storedBytes;
        this.form = form;
        this.storedHash = storedHash;
        this.parts = Parts.of(parts);
        this.blockHashes = blockHashes;
    }

    /** One that nobody named when its pack was compacted: its place in the order is all that is left. */
    static Frame dropped(long offset) {
        return new Frame(offset, 0, Algorithm.NONE, 0, List.of(), new long[0]);
    }

    /** The same at another place. */
    Frame at(long other) {
        return new Frame(other, storedBytes, form, storedHash, parts, blockHashes);
    }

    /** Whether a compaction dropped its content, because no backup named it. */
    public boolean isDropped() {
        return blockHashes.length == 0;
    }

    /** Where its stored bytes begin in the pack. */
    public long offset() {
        return offset;
    }

    /** How many bytes are stored; 0 for a dropped one. */
    public int storedBytes() {
        return storedBytes;
    }

    /** How they are compressed; {@link Algorithm#NONE}: not at all. */
    public Algorithm form() {
        return form;
    }

    /** XXH3-64 of the stored bytes: damage is found without expanding them. */
    public long storedHash() {
        return storedHash;
    }

    /** Which blocks of which files the content is, in order. */
    public List<Part> parts() {
        return parts;
    }

    /**
     * Whether its content is these blocks of a file, at this place.
     *
     * @param firstInContent from 0
     * @param firstBlock number in the file
     */
    public boolean holds(int firstInContent, int blocks, PathName path, long firstBlock) {
        return parts.hold(firstInContent, blocks, path, firstBlock);
    }

    /** Blocks of content, 1 to {@link Blocks#PER_GROUP}; 0 for a dropped one. */
    public int contentBlocks() {
        return blockHashes.length;
    }

    /** About how much memory it takes as Java's objects, in bytes. */
    long indexBytes() {
        return OBJECT_BYTES + (long) blockHashes.length * Long.BYTES + parts.memoryBytes();
    }

    /** The hash of the content's i-th block. */
    public long blockHash(int i) {
        return blockHashes[i];
    }

    /** The hashes of all of its blocks. */
    long[] blockHashes() {
        return blockHashes;
    }

    /** The files it holds blocks of, for messages: the first, and how many more. */
    public String holds() {
        if (isDropped()) {
            return "dropped by a compaction";
        }
        long files = parts.stream().map(Part::path).distinct().count();
        Part first = parts.getFirst();
        return first.path() + " block " + first.firstBlock() + (files > 1 ? " and " + (files - 1) + " more files" : "");
    }

    @Override
    public String toString() {
        return "frame at " + offset + " " + parts + " " + Arrays.toString(blockHashes);
    }
}
