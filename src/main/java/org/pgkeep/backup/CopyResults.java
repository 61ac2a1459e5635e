package org.pgkeep.backup;

import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import org.pgkeep.spool.SortedRecords;

/**
 * What workers found, in any order; the assembler reads it in the listing's order. Thread-safe.
 *
 * <pre>
 * long 0   file's ordinal &lt;&lt; 32 | number of the MiB (group) in the file
 * long 1   kind &lt;&lt; 56 | first block in the group &lt;&lt; 32 | blocks
 * long 2   pack &lt;&lt; 32 | frame; pack 0: the blocks are zero; pack -1: they are as in the base
 * long 3   source &lt;&lt; 32 | first block in the frame's content; source 0: this backup's packs, n: those of the n-th attempt
 * long 4   hash of the group
 * </pre>
 */
final class CopyResults implements AutoCloseable {
    static final int EXTENT = 0;
    /** The file ended inside this group, at the byte in long 4; 0: before it. */
    static final int END = 1;
    /** The page whose number is in long 4 failed its check. */
    static final int BAD_PAGE = 2;
    /** The file was gone. */
    static final int VANISHED = 3;
    /** The file was longer than listed: long 4 has its length. */
    static final int GROWN = 4;

    /** In place of a pack: the blocks are as in the base. */
    static final int KEPT = -1;

    private static final int WIDTH = 5;

    private final SortedRecords records;
    private final LongAdder readBlocks = new LongAdder();
    private final LongAdder storedBlocks = new LongAdder();
    private final LongAdder foundBlocks = new LongAdder();

    CopyResults(Path temporary) {
        this.records = new SortedRecords(temporary, WIDTH, 2);
    }

    void extent(
            long ordinal,
            long group,
            int firstInGroup,
            int blocks,
            int source,
            int pack,
            int frame,
            int firstInFrame,
            long hash) {
        records.add(
                ordinal << 32 | group,
                kind(EXTENT) | (long) firstInGroup << 32 | blocks,
                (long) pack << 32 | frame,
                (long) source << 32 | firstInFrame,
                hash);
    }

    void end(long ordinal, long group, long endBytes) {
        records.add(ordinal << 32 | group, kind(END), 0, 0, endBytes);
    }

    /** Page numbers tell several bad pages of a group apart. */
    void badPage(long ordinal, long group, int inGroup, long page) {
        records.add(ordinal << 32 | group, kind(BAD_PAGE) | (long) inGroup << 32, 0, 0, page);
    }

    void vanished(long ordinal) {
        records.add(ordinal << 32, kind(VANISHED), 0, 0, 0);
    }

    void grown(long ordinal, long bytes) {
        records.add(ordinal << 32, kind(GROWN), 0, 0, bytes);
    }

    /** So many blocks were read. */
    void read(long blocks) {
        readBlocks.add(blocks);
    }

    /** So many of them were stored. */
    void stored(long blocks) {
        storedBlocks.add(blocks);
    }

    /** So many of them were found in attempts that were cut off. */
    void found(long blocks) {
        foundBlocks.add(blocks);
    }

    /** Blocks that were read. */
    long readBlocks() {
        return readBlocks.sum();
    }

    /** Blocks that were stored. */
    long storedBlocks() {
        return storedBlocks.sum();
    }

    /** Blocks that were found in attempts that were cut off. */
    long foundBlocks() {
        return foundBlocks.sum();
    }

    private static long kind(int kind) {
        return (long) kind << 56;
    }

    /** Reads what was found, once all workers have ended. */
    Cursor sorted() {
        return new Cursor(records.sorted());
    }

    @Override
    public void close() {
        records.close();
    }

    /** The records by their meaning; stands on the first one, if there is any. */
    static final class Cursor {
        private final SortedRecords.Cursor cursor;
        private boolean present;

        private Cursor(SortedRecords.Cursor cursor) {
            this.cursor = cursor;
            this.present = cursor.next();
        }

        /** Whether the current record is of this file. */
        boolean isOf(long ordinal) {
            return present && cursor.get(0) >>> 32 == ordinal;
        }

        void next() {
            present = cursor.next();
        }

        long group() {
            return cursor.get(0) & 0xFFFF_FFFFL;
        }

        int kind() {
            return (int) (cursor.get(1) >>> 56);
        }

        int firstInGroup() {
            return (int) (cursor.get(1) >>> 32 & 0xFF_FFFF);
        }

        int blocks() {
            return (int) cursor.get(1);
        }

        int pack() {
            return (int) (cursor.get(2) >>> 32);
        }

        int frame() {
            return (int) cursor.get(2);
        }

        int source() {
            return (int) (cursor.get(3) >>> 32);
        }

        int firstInFrame() {
            return (int) cursor.get(3);
        }

        long value() {
            return cursor.get(4);
        }
    }
}
