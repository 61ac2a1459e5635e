package org.pgkeep.codec.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * HKDF with SHA-256 (RFC 5869) for keys of at most 32 bytes, of which one HMAC gives each: the JDK's own {@code KDF} does the same,
 * but loads a framework that every {@code archive-push} would pay for. A test compares the two. Thread-safe.
 */
final class Hkdf {
    private static final String HMAC = "HmacSHA256";
    static final int BYTES_MAX = 32;

    private final SecretKeySpec extracted;

    private Hkdf(SecretKeySpec extracted) {
        this.extracted = extracted;
    }

    /** RFC 5869's Extract. */
    static Hkdf extract(byte[] salt, byte[] keyMaterial) {
        return new Hkdf(new SecretKeySpec(hmac(new SecretKeySpec(salt, HMAC), keyMaterial), HMAC));
    }

    /** RFC 5869's Expand, for as long as one step suffices. */
    byte[] expand(int length, byte[]... info) {
        if (length > BYTES_MAX) {
            throw new PgkeepException(ErrorCode.BUG, "a key of " + length + " bytes");
        }
        byte[][] input = Arrays.copyOf(info, info.length + 1);
        input[info.length] = new byte[] {1};
        return Arrays.copyOf(hmac(extracted, input), length);
    }

    /** HMAC-SHA-256 over these, one after another. */
    static byte[] hmac(SecretKeySpec key, byte[]... input) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            for (byte[] piece : input) {
                mac.update(piece);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new PgkeepException(ErrorCode.BUG, "this Java has no " + HMAC).causedBy(e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
