package org.pgkeep.repository;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * What all small records have in common ({@code docs/formats/README.md}, "Records"): their last field is the hash of the record, as it
 * would be with zeros for digits there. So a record proves itself, and remains a JSON file that any tool reads.
 */
final class RecordEnvelope {
    /** The digits that are hashed in place of the hash itself. */
    static final String NO_HASH = "0000000000000000";

    private static final byte[] END = ascii("\n  \"hash\" : \"" + NO_HASH + "\"\n}\n");
    private static final int HASH_FROM_END = NO_HASH.length() + "\"\n}\n".length();

    private static final String HINT =
            "Bring it back from a copy of the repository, if there is one; a record that was edited by hand is refused.";

    private RecordEnvelope() {}

    /** Puts the hash into a record that was printed with {@link #NO_HASH}. */
    static byte[] seal(byte[] record) {
        byte[] hash = hash(record);
        System.arraycopy(hash, 0, record, record.length - HASH_FROM_END, hash.length);
        return record;
    }

    /**
     * Proves that a record is as it was written.
     *
     * @throws PgkeepException {@code DAMAGED}
     */
    static void check(byte[] record, String location) {
        if (record.length < END.length) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED, location + " is truncated to " + record.length + " bytes", HINT);
        }
        int hashAt = record.length - HASH_FROM_END;
        byte[] blank = blank(record);
        boolean ends = Arrays.equals(blank, blank.length - END.length, blank.length, END, 0, END.length);
        byte[] hash = hash(blank);
        if (!ends || !Arrays.equals(record, hashAt, hashAt + hash.length, hash, 0, hash.length)) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    location + " is not as pgkeep wrote it: its hash does not match its content",
                    HINT);
        }
    }

    /** A record with zeros for its hash. */
    static byte[] blank(byte[] record) {
        int hashAt = record.length - HASH_FROM_END;
        byte[] blank = record.clone();
        Arrays.fill(blank, hashAt, hashAt + NO_HASH.length(), (byte) '0');
        return blank;
    }

    private static byte[] hash(byte[] blank) {
        return ascii(Xxh3.hex16(Xxh3.hash(blank, 0, blank.length)));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
