package org.pgkeep.repository;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.pgkeep.codec.seal.DataKey;

/**
 * The proof in the record of a sealed repository that who wrote it had the data key ({@code docs/formats/sealing.md}): its last field but
 * one, over the whole record with zeros for its own digits and the hash's.
 */
final class RecordMac {
    /** The digits that stand in its place until it is known. */
    static final String NO_MAC = "0".repeat(64);

    private static final byte[] END =
            ascii(",\n  \"mac\" : \"" + NO_MAC + "\",\n  \"hash\" : \"" + RecordEnvelope.NO_HASH + "\"\n}\n");
    private static final int FROM_END = END.length - ascii(",\n  \"mac\" : \"").length;

    private RecordMac() {}

    /** Puts it into a record that was printed with {@link #NO_MAC}. */
    static byte[] sign(byte[] record, DataKey key) {
        byte[] blank = blank(record);
        byte[] digits = digits(blank, key);
        System.arraycopy(digits, 0, blank, blank.length - FROM_END, digits.length);
        return RecordEnvelope.seal(blank);
    }

    /** Whether a record has the right one. */
    static boolean holds(byte[] record, DataKey key) {
        if (record.length < END.length) {
            return false;
        }
        byte[] blank = blank(record);
        boolean ends = Arrays.equals(blank, blank.length - END.length, blank.length, END, 0, END.length);
        int at = record.length - FROM_END;
        return ends && MessageDigest.isEqual(Arrays.copyOfRange(record, at, at + NO_MAC.length()), digits(blank, key));
    }

    private static byte[] digits(byte[] blank, DataKey key) {
        return ascii(HexFormat.of().formatHex(key.recordMac(blank)));
    }

    private static byte[] blank(byte[] record) {
        byte[] blank = RecordEnvelope.blank(record);
        int at = record.length - FROM_END;
        Arrays.fill(blank, at, at + NO_MAC.length(), (byte) '0');
        return blank;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
