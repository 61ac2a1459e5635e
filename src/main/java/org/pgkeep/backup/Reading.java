package org.pgkeep.backup;

import org.pgkeep.backup.change.BlockSet;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.Blocks;

/** Which blocks of a file are read, and which of them are stored. */
sealed interface Reading {
    /** Bytes to read of a file of this size, for the order of jobs and the progress. */
    long bytes(long sizeBytes);

    /** Blocks 0 to 63 of a group to read, of those that the file has. */
    long low(long group);

    /** Blocks 64 to 127. */
    long high(long group);

    /** All, and all are stored. */
    record Whole() implements Reading {
        @Override
        public long bytes(long sizeBytes) {
            return sizeBytes;
        }

        @Override
        public long low(long group) {
            return -1;
        }

        @Override
        public long high(long group) {
            return -1;
        }
    }

    /**
     * All, and those are stored that the base has otherwise.
     *
     * @param trustedBefore a page with an older LSN is believed to be as the base has it; {@link Lsn#INVALID}: none is
     */
    record Compared(BaseFile base, Lsn trustedBefore) implements Reading {
        @Override
        public long bytes(long sizeBytes) {
            return sizeBytes;
        }

        @Override
        public long low(long group) {
            return -1;
        }

        @Override
        public long high(long group) {
            return -1;
        }
    }

    /** Some, and those are stored that the base has otherwise. */
    record Some(BaseFile base, BlockSet blocks) implements Reading {
        @Override
        public long bytes(long sizeBytes) {
            return Math.min(sizeBytes, blocks.blocks() * Blocks.BYTES);
        }

        @Override
        public long low(long group) {
            int i = blocks.from((int) group);
            return i < blocks.groups() && blocks.group(i) == group ? blocks.low(i) : 0;
        }

        @Override
        public long high(long group) {
            int i = blocks.from((int) group);
            return i < blocks.groups() && blocks.group(i) == group ? blocks.high(i) : 0;
        }
    }
}
