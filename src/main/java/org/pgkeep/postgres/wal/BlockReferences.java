package org.pgkeep.postgres.wal;

import java.util.Arrays;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Blocks of relations that WAL records change, as they are stored: relation after relation, each once, numbers as varints
 * (LEB128, unsigned).
 *
 * <pre>
 * tablespace  database  relation  fork  limit + 1, or 0  number of blocks  first block  (difference to the one before) - 1 …
 * </pre>
 *
 * <p>Relation 0 stands for the whole database. Of forks there are main and init alone: of free space and visibility maps WAL does
 * not tell every change.
 */
public final class BlockReferences {
    /** Nothing changed. */
    public static final BlockReferences NONE = new BlockReferences(new byte[0]);

    private final byte[] encoded;

    private BlockReferences(byte[] encoded) {
        this.encoded = encoded;
    }

    /**
     * References as they were stored. That they are sound is found out when they are told.
     *
     * @param encoded is not copied
     */
    public static BlockReferences of(byte[] encoded) {
        return new BlockReferences(encoded);
    }

    /** As they are stored; not to be changed. */
    public byte[] encoded() {
        return encoded;
    }

    /**
     * Tells all.
     *
     * @throws PgkeepException {@code DAMAGED} when they are not as they were stored
     */
    public void tell(WalSink sink) {
        new Cursor(encoded).tell(sink);
    }

    /** Reads from front to back. */
    private static final class Cursor {
        private final byte[] bytes;
        private int at;

        Cursor(byte[] bytes) {
            this.bytes = bytes;
        }

        void tell(WalSink sink) {
            while (at < bytes.length) {
                relation(sink);
            }
        }

        private void relation(WalSink sink) {
            int tablespace = (int) next();
            int database = (int) next();
            int relation = (int) next();
            int fork = (int) next();
            long limit = next() - 1;
            long count = next();
            if (relation == 0) {
                sink.database(tablespace, database);
            } else if (limit >= 0) {
                sink.limit(tablespace, database, relation, fork, (int) limit);
            }
            long block = -1;
            for (long i = 0; i < count; i++) {
                block += 1 + next();
                sink.block(tablespace, database, relation, fork, (int) block);
            }
        }

        private long next() {
            long value = 0;
            for (int shift = 0; at < bytes.length && shift < Integer.SIZE + 7; shift += 7) {
                byte part = bytes[at++];
                value |= (long) (part & 0x7F) << shift;
                if (part >= 0) {
                    return value;
                }
            }
            throw new PgkeepException(ErrorCode.DAMAGED, "a list of block references is damaged at byte " + at);
        }
    }

    /** Writes from front to back. */
    static final class Writer {
        private byte[] bytes = new byte[1 << 12];
        private int length;

        void put(long value) {
            if (length + 10 > bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * bytes.length);
            }
            long rest = value;
            while (rest >= 0x80) {
                bytes[length++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
        }

        BlockReferences finish() {
            return new BlockReferences(Arrays.copyOf(bytes, length));
        }
    }
}
