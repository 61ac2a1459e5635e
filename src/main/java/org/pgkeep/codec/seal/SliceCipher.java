package org.pgkeep.codec.seal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Seals the slices of objects with AES-256-GCM, one after another, and unseals them in any order: {@code docs/formats/sealing.md}. Kept
 * and reused by one thread. One call for each slice of 64 KiB, because Java replaces AES-GCM by the processor's instructions only
 * after many calls: with one call for a MiB it stays at a hundredth of its speed.
 */
public final class SliceCipher {
    /** Content of a slice, but of an object's last. */
    public static final int CONTENT_BYTES = 1 << 16;

    /** What sealing adds to each slice. */
    public static final int TAG_BYTES = 16;

    private static final int TAG_BITS = 8 * TAG_BYTES;
    private static final int NONCE_BYTES = 12;
    private static final int CONTENT = 0;
    private static final int END = 1;
    private static final byte[] NOTHING = new byte[0];

    private final Cipher cipher;

    /** Slow the first time in a process: Java loads its cryptography. */
    public SliceCipher() {
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new PgkeepException(ErrorCode.BUG, "this Java has no AES-GCM").causedBy(e);
        }
    }

    /**
     * Seals a slice.
     *
     * @param number of the slice, from 0; never twice with one key
     * @return bytes written: the length and {@link #TAG_BYTES}
     */
    public int seal(ObjectKey key, long number, byte[] content, int from, int length, byte[] target, int at) {
        try {
            begin(Cipher.ENCRYPT_MODE, key, number, CONTENT);
            return cipher.doFinal(content, from, length, target, at);
        } catch (GeneralSecurityException e) {
            throw new PgkeepException(ErrorCode.BUG, "AES-GCM fails").causedBy(e);
        }
    }

    /**
     * Unseals a slice.
     *
     * @param length as sealed, {@link #TAG_BYTES} among them
     * @return whether it is this key's slice of this number, unaltered; if not, the target holds nothing of it
     */
    public boolean unseal(ObjectKey key, long number, byte[] sealed, int from, int length, byte[] target, int at) {
        try {
            begin(Cipher.DECRYPT_MODE, key, number, CONTENT);
            cipher.doFinal(sealed, from, length, target, at);
            return true;
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new PgkeepException(ErrorCode.BUG, "AES-GCM fails").causedBy(e);
        }
    }

    /** The tag that ends an object: proves how long its content is. */
    public byte[] endTag(ObjectKey key, long contentBytes) {
        try {
            beginEnd(Cipher.ENCRYPT_MODE, key, contentBytes);
            return cipher.doFinal(NOTHING);
        } catch (GeneralSecurityException e) {
            throw new PgkeepException(ErrorCode.BUG, "AES-GCM fails").causedBy(e);
        }
    }

    /** Whether this tag ends an object of that length under this key. */
    public boolean isEnd(ObjectKey key, long contentBytes, byte[] tag) {
        try {
            beginEnd(Cipher.DECRYPT_MODE, key, contentBytes);
            byte[] _ = cipher.doFinal(tag);
            return true;
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new PgkeepException(ErrorCode.BUG, "AES-GCM fails").causedBy(e);
        }
    }

    private void beginEnd(int mode, ObjectKey key, long contentBytes) throws GeneralSecurityException {
        begin(mode, key, slices(contentBytes), END);
        cipher.updateAAD(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(contentBytes)
                .flip());
    }

    private void begin(int mode, ObjectKey key, long number, int kind) throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .putInt(kind)
                .array();
        cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
    }

    /** How many slices a content has. */
    public static long slices(long contentBytes) {
        return (contentBytes + CONTENT_BYTES - 1) / CONTENT_BYTES;
    }
}
