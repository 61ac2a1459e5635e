package org.pgkeep.backup;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.PageCheck;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.PackAppender;

/**
 * What is stored of one group already, in the base and in attempts that were cut off: says block by block whether to refer to it. For one
 * thread.
 */
final class GroupBase implements PackAppender.Base {
    /**
     * WAL begins with the second segment, and segments are not shorter than 1 MiB. Lower are zero, and what stands on pages that
     * were written without WAL.
     */
    private static final Lsn FIRST_LSN = new Lsn(1 << 20);

    private final int pageBytes;
    private final long[] known = new long[Blocks.PER_GROUP];
    private final boolean[] trusted = new boolean[Blocks.PER_GROUP];
    private final long[] stored = new long[Blocks.PER_GROUP];
    private final BitSet suspects = new BitSet();
    private @Nullable BaseFile file;
    private @Nullable BaseFile remains;
    private long firstBlock;
    private int baseBlocks;
    private int remainingBlocks;
    private int runStart;
    private boolean loaded;
    private boolean storedLoaded;

    GroupBase(int pageBytes) {
        this.pageBytes = pageBytes;
    }

    /** Begins a group; without a base nothing is kept, without attempts nothing is found. */
    void begin(@Nullable BaseFile base, @Nullable BaseFile ofAttempts, long group) {
        file = base;
        remains = ofAttempts;
        firstBlock = group * Blocks.PER_GROUP;
        baseBlocks = blocksOf(base);
        remainingBlocks = blocksOf(ofAttempts);
        loaded = false;
        storedLoaded = false;
        Arrays.fill(trusted, false);
    }

    private int blocksOf(@Nullable BaseFile known) {
        return known == null ? 0 : Math.clamp(known.blocks() - firstBlock, 0, Blocks.PER_GROUP);
    }

    /** The next blocks taken begin with this one of the group. */
    void beginRun(int block) {
        runStart = block;
        suspects.clear();
    }

    /** The page that begins so many bytes into the run is damaged: its LSN is not to be believed. */
    void suspect(int at) {
        suspects.set(at / pageBytes);
    }

    /**
     * Trusts blocks of the run whose pages are all older than an LSN; a damaged page, and one without a real LSN, is not.
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
                old &= !lsn.isBefore(FIRST_LSN)
                        && lsn.isBefore(since)
                        && start + pageBytes <= length
                        && !suspects.get(start / pageBytes);
            }
            trusted[runStart + i] = old && runStart + i < baseBlocks;
        }
    }

    @Override
    public boolean isKept(int i, long hash) {
        int block = runStart + i;
        return block < baseBlocks && (trusted[block] || hashes()[block] == hash);
    }

    @Override
    public boolean isFound(int i, long hash) {
        int block = runStart + i;
        if (block >= remainingBlocks) {
            return false;
        }
        if (!storedLoaded && remains != null) {
            remains.hashes(firstBlock, remainingBlocks, stored, 0);
            storedLoaded = true;
        }
        return stored[block] == hash;
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
