package org.pgkeep.backup.change;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.spool.SortedRecords;

/**
 * A list of changed pages of relations' main forks, told in any order and asked file by file in the listing's order. It is kept in
 * sorted runs on disk, so that its length costs no memory. For one thread.
 *
 * <pre>
 * long 0   tablespace &lt;&lt; 32 | database
 * long 1   relation &lt;&lt; 32 | segment           relation 0: the whole database is new
 * long 2   0: everything of the relation from the page in long 3 on is new; else 1 + group of 128 blocks in the segment
 * long 3   blocks 0 to 63 of the group
 * long 4   blocks 64 to 127
 * </pre>
 */
public final class ChangedBlocks implements AutoCloseable {
    private static final int BLOCK_BYTES = 8192;

    private final Path temporary;
    private final int pageBytes;
    private final int segmentPages;
    private final SortedRecords told;
    private final SortedRecords listed;
    private final long[] pending = new long[5];

    /** Nothing is known yet. */
    public ChangedBlocks(ControlFile.Layout layout, Path temporary) {
        this.temporary = temporary;
        this.pageBytes = layout.blockBytes();
        this.segmentPages = layout.segmentBlocks();
        this.told = new SortedRecords(temporary, 5, 3);
        this.listed = new SortedRecords(temporary, 4, 2);
    }

    /** This page of a relation's main fork changed. */
    public void page(long tablespace, long database, long relation, long page) {
        long byteInSegment = page % segmentPages * pageBytes;
        long first = byteInSegment / BLOCK_BYTES;
        long end = (byteInSegment + pageBytes - 1) / BLOCK_BYTES + 1;
        long group = first / BlockSet.GROUP;
        long in = first - group * BlockSet.GROUP;
        long last = end - group * BlockSet.GROUP;
        change(
                tablespace << 32 | database,
                relation << 32 | page / segmentPages,
                group,
                BlockSet.bits(in, last),
                BlockSet.bits(in - 64, last - 64));
    }

    /** Changes of one group come together more often than not. */
    private void change(long place, long segment, long group, long low, long high) {
        if (pending[2] != group + 1 || pending[0] != place || pending[1] != segment) {
            flush();
            pending[0] = place;
            pending[1] = segment;
            pending[2] = group + 1;
        }
        pending[3] |= low;
        pending[4] |= high;
    }

    private void flush() {
        if (pending[2] != 0) {
            told.add(pending, 0);
            java.util.Arrays.fill(pending, 0);
        }
    }

    /** The relation was created, or cut to this many pages: whatever lies there and behind is new. */
    public void limit(long tablespace, long database, long relation, long pages) {
        told.add(tablespace << 32 | database, relation << 32, 0, pages, 0);
    }

    /** The database was created, or dropped, in this tablespace: everything in it is new. */
    public void database(long tablespace, long database) {
        told.add(tablespace << 32 | database, 0, 0, 0, 0);
    }

    /** A file of the listing. */
    public void file(RelationFile file, long ordinal, long sizeBytes) {
        long blocks = (sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
        listed.add(file.tablespace() << 32 | file.database(), file.node() << 32 | file.segment(), ordinal, blocks);
    }

    /** The changed blocks of the files that were listed; nothing may be told or listed afterwards. */
    public Files byFile() {
        flush();
        return new Files(join());
    }

    /** Both lists are in the order of tablespace, database, relation, segment. */
    private SortedRecords join() {
        SortedRecords joined = new SortedRecords(temporary, 3, 1);
        SortedRecords.Cursor change = told.sorted();
        SortedRecords.Cursor file = listed.sorted();
        boolean more = change.next();
        @Nullable Long wholeDatabase = null;
        @Nullable Relation limited = null;
        while (file.next()) {
            while (more && isBefore(change, file)) {
                if (change.get(1) == 0) {
                    wholeDatabase = change.get(0);
                } else if (change.get(2) == 0) {
                    limited = Relation.lower(limited, change.get(0), change.get(1) >>> 32, change.get(3));
                }
                more = change.next();
            }
            BlockSet blocks = new BlockSet();
            while (more && change.get(0) == file.get(0) && change.get(1) == file.get(1)) {
                if (change.get(2) == 0) {
                    limited = Relation.lower(limited, change.get(0), change.get(1) >>> 32, change.get(3));
                } else {
                    blocks.add((int) (change.get(2) - 1), change.get(3), change.get(4));
                }
                more = change.next();
            }
            if (wholeDatabase != null && wholeDatabase == file.get(0)) {
                blocks = blocks.with(0, file.get(3));
            } else if (limited != null && limited.is(file.get(0), file.get(1) >>> 32)) {
                long segment = file.get(1) & 0xFFFF_FFFFL;
                long first = Math.max(0, limited.pages - segment * segmentPages) * pageBytes / BLOCK_BYTES;
                blocks = blocks.with(first, file.get(3));
            }
            for (int i = 0; i < blocks.groups(); i++) {
                joined.add(file.get(2) << 32 | blocks.group(i), blocks.low(i), blocks.high(i));
            }
        }
        return joined;
    }

    private static boolean isBefore(SortedRecords.Cursor change, SortedRecords.Cursor file) {
        int order = Long.compareUnsigned(change.get(0), file.get(0));
        return order < 0 || (order == 0 && Long.compareUnsigned(change.get(1), file.get(1)) < 0);
    }

    /** A relation that was created or cut: the shortest that it ever was. */
    private record Relation(long place, long number, long pages) {
        boolean is(long otherPlace, long otherNumber) {
            return place == otherPlace && number == otherNumber;
        }

        static Relation lower(@Nullable Relation known, long place, long number, long pages) {
            return known != null && known.is(place, number) && known.pages <= pages
                    ? known
                    : new Relation(place, number, pages);
        }
    }

    @Override
    public void close() {
        told.close();
        listed.close();
    }

    /** Gives the blocks of one file after the other, by ascending ordinal. */
    public static final class Files implements AutoCloseable {
        private final SortedRecords joined;
        private final SortedRecords.Cursor cursor;
        private boolean more;

        private Files(SortedRecords joined) {
            this.joined = joined;
            this.cursor = joined.sorted();
            this.more = cursor.next();
        }

        /** The changed blocks of a file, within its length. */
        public BlockSet of(long ordinal) {
            BlockSet blocks = new BlockSet();
            while (more && cursor.get(0) >>> 32 < ordinal) {
                more = cursor.next();
            }
            while (more && cursor.get(0) >>> 32 == ordinal) {
                blocks.add((int) cursor.get(0), cursor.get(1), cursor.get(2));
                more = cursor.next();
            }
            return blocks;
        }

        @Override
        public void close() {
            joined.close();
        }
    }
}
