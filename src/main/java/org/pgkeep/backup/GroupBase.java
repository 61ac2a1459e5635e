package org.pgkeep.backup;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.PageCheck;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.PackAppender;

/** What the base has of one group: says block by block whether to refer to it. For one thread. */
final class GroupBase implements PackAppender.Base {
    private final int pageBytes;
    private final long[] known = new long[Blocks.PER_GROUP];
    private final boolean[] trusted = new boolean[Blocks.PER_GROUP];
    private @Nullable BaseFile file;
    private long firstBlock;
    private int baseBlocks;
    private int runStart;
    private boolean loaded;

    GroupBase(int pageBytes) {
        this.pageBytes = pageBytes;
    }

    /** Begins a group; without a base nothing is kept. */
    void begin(@Nullable BaseFile base, long group) {
        file = base;
        firstBlock = group * Blocks.PER_GROUP;
        baseBlocks = base == null ? 0 : Math.clamp(base.blocks() - firstBlock, 0, Blocks.PER_GROUP);
        loaded = false;
        Arrays.fill(trusted, false);
    }

    /** The next blocks taken begin with this one of the group. */
    void beginRun(int block) {
        runStart = block;
    }

    /**
     * Trusts blocks of the run whose pages are all older than an LSN; a page without an LSN is not.
     *
     * @param length bytes from {@code offset} on
     */
    void trustOlder(byte[] buffer, int offset, int length, Lsn since) {
        int pages = Math.max(1, Blocks.BYTES / pageBytes);
        int blocksPerPage = Math.max(1, pageBytes / Blocks.BYTES);
        for (int i = 0; (i + 1) * Blocks.BYTES <= length; i++) {
            boolean old = true;
            for (int page = 0; page < pages; page++) {
                int start = i / blocksPerPage * blocksPerPage * Blocks.BYTES + page * pageBytes;
                Lsn lsn = PageCheck.lsn(buffer, offset + start);
                old &= !lsn.isInvalid() && lsn.isBefore(since) && start + pageBytes <= length;
            }
            trusted[runStart + i] = old && runStart + i < baseBlocks;
        }
    }

    @Override
    public boolean isKept(int i, long hash) {
        int block = runStart + i;
        return block < baseBlocks && (trusted[block] || hashes()[block] == hash);
    }

    /** Those of the group's blocks in the base. */
    private long[] hashes() {
        if (!loaded && file != null) {
            file.hashes(firstBlock, baseBlocks, known, 0);
            loaded = true;
        }
        return known;
    }

    /** Puts the base's hash in the place of every block that is kept. */
    void complete(long[] hashes, Placements placements) {
        for (int i = 0; i < baseBlocks; i++) {
            if (placements.isKept(i)) {
                hashes[i] = hashes()[i];
            }
        }
    }
}
