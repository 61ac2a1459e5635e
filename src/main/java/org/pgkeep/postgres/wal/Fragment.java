package org.pgkeep.postgres.wal;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A record that lies on several pages, while its pieces come in; or the rest of one whose beginning is in a segment that is not read.
 * Of most records the beginning is kept, which holds all that is looked at; of some, whose main data matters, everything.
 */
final class Fragment {
    /** What is kept of any record. */
    static final int KEPT_BYTES = 32 << 10;

    private final CRC32C crc = new CRC32C();
    private byte[] kept = new byte[KEPT_BYTES];
    private int keptBytes;
    private boolean open;
    private boolean begun;
    private long lsn;
    private int total;
    private int got;
    private int missing;

    /** A record begins. */
    void begin(long recordLsn, int bytes) {
        reset(bytes);
        begun = true;
        lsn = recordLsn;
        total = bytes;
    }

    /** So many bytes of a record follow that began before all that is read. */
    void resume(int bytes) {
        reset(bytes);
        begun = false;
    }

    private void reset(int bytes) {
        crc.reset();
        keptBytes = 0;
        got = 0;
        missing = bytes;
        open = true;
    }

    /** Adds the next piece. */
    void add(byte[] bytes, int from, int count) {
        // The checksum is of what follows the header, then of the header.
        int header = begun && got < RecordDecoder.HEADER_BYTES ? Math.min(RecordDecoder.HEADER_BYTES - got, count) : 0;
        crc.update(bytes, from + header, count - header);
        int first = keptBytes < KEPT_BYTES ? Math.min(KEPT_BYTES - keptBytes, count) : 0;
        keep(bytes, from, first);
        if (first < count && isKeptWhole()) {
            keep(bytes, from + first, count - first);
        }
        got += count;
        missing -= count;
    }

    private boolean isKeptWhole() {
        return begun && RecordBodies.isKept(RecordDecoder.resourceManager(kept, 0));
    }

    private void keep(byte[] bytes, int from, int count) {
        if (keptBytes + count > kept.length) {
            kept = Arrays.copyOf(kept, Math.max(keptBytes + count, 2 * kept.length));
        }
        System.arraycopy(bytes, from, kept, keptBytes, count);
        keptBytes += count;
    }

    /** It is complete, or was left incomplete for good. */
    void close() {
        open = false;
    }

    /** Whether a record is being read. */
    boolean isOpen() {
        return open;
    }

    /** Whether its beginning was read. */
    boolean isBegun() {
        return begun;
    }

    long lsn() {
        return lsn;
    }

    int total() {
        return total;
    }

    /** Bytes that came in. */
    int got() {
        return got;
    }

    /** Bytes that are still to come. */
    int missing() {
        return missing;
    }

    /** Its first bytes. */
    byte[] kept() {
        return kept;
    }

    int keptBytes() {
        return keptBytes;
    }

    /** CRC-32C of all that came in; without the header where the record began here. */
    int checksum() {
        return (int) crc.getValue();
    }

    /** The complete record's checksum, once. */
    int recordChecksum() {
        crc.update(kept, 0, RecordDecoder.HEADER_BYTES - 4);
        return checksum();
    }
}
