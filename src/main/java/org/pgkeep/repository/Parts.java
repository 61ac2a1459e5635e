package org.pgkeep.repository;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * A frame's parts in 9 bytes each: an incremental backup's frames have up to 128, and who restores from it has the indexes of many packs in
 * memory.
 */
final class Parts extends AbstractList<Part> implements RandomAccess {
    /** This object and its three arrays. */
    private static final int OBJECT_BYTES = 88;

    /** A path and its bytes' array, and with an array of paths its place there. */
    private static final int PATH_BYTES = 44;

    private final long[] firstBlocks;

    /** At most {@link Blocks#PER_GROUP} each, as unsigned numbers. */
    private final byte[] blocks;

    /** One for each, or one for all. */
    private final PathName[] paths;

    /** The same, of at most {@link Blocks#PER_GROUP} blocks each. */
    static Parts of(List<Part> parts) {
        return parts instanceof Parts same ? same : new Parts(parts);
    }

    private Parts(List<Part> parts) {
        firstBlocks = new long[parts.size()];
        blocks = new byte[parts.size()];
        boolean isOneFile = true;
        for (int i = 0; i < blocks.length; i++) {
            firstBlocks[i] = parts.get(i).firstBlock();
            blocks[i] = (byte) parts.get(i).blocks();
            isOneFile &= parts.get(i).path().equals(parts.getFirst().path());
        }
        paths = new PathName[isOneFile ? Math.min(1, blocks.length) : blocks.length];
        for (int i = 0; i < paths.length; i++) {
            paths[i] = parts.get(i).path();
        }
    }

    @Override
    public Part get(int i) {
        return new Part(path(i), firstBlocks[i], blocks(i));
    }

    @Override
    public int size() {
        return blocks.length;
    }

    /** Whether these blocks of the content, from the n-th on, are those of this file from its block {@code firstBlock} on, in one part. */
    boolean hold(int firstInContent, int count, PathName path, long firstBlock) {
        int start = 0;
        for (int i = 0; i < blocks.length && start <= firstInContent; i++) {
            int end = start + blocks(i);
            if (firstInContent + count <= end
                    && firstBlocks[i] + firstInContent - start == firstBlock
                    && path(i).equals(path)) {
                return true;
            }
            start = end;
        }
        return false;
    }

    private PathName path(int i) {
        return paths[paths.length == 1 ? 0 : i];
    }

    private int blocks(int i) {
        return Byte.toUnsignedInt(blocks[i]);
    }

    /** About how much memory they take, in bytes. */
    long memoryBytes() {
        long bytes = OBJECT_BYTES + blocks.length * (Long.BYTES + 1L);
        for (int i = 0; i < paths.length; i++) {
            boolean isShared = i > 0 && paths[i].equals(paths[i - 1]);
            bytes += isShared ? Integer.BYTES : PATH_BYTES + paths[i].length();
        }
        return bytes;
    }
}
