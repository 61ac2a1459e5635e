package org.pgkeep.storage.layer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.codec.seal.DataKey;
import org.pgkeep.codec.seal.ObjectKey;
import org.pgkeep.codec.seal.SliceCipher;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;

/**
 * What stands around the slices of a sealed object, and can be read without the key: {@code docs/formats/sealing.md}. Nothing of it is
 * to be believed before the end tag is proved.
 */
final class SealedShell {
    static final int HEADER_BYTES = 56;
    static final int END_BYTES = 40;
    private static final int HASHED_END_BYTES = 24;
    private static final int SLICE_BYTES = SliceCipher.CONTENT_BYTES + SliceCipher.TAG_BYTES;
    private static final int VERSION = 1;
    private static final long MAGIC = 0x4c41_4553_5045_4b50L; // "PKEPSEAL", lowest byte first
    private static final long END_MAGIC = 0x444e_4553_5045_4b50L; // "PKEPSEND"
    private static final int STEP_BYTES = 1 << 18;

    private final byte[] keyId;
    private final byte[] salt;
    private final long contentBytes;
    private final byte[] endTag;
    private final long hash;

    private SealedShell(byte[] keyId, byte[] salt, long contentBytes, byte[] endTag, long hash) {
        this.keyId = keyId;
        this.salt = salt;
        this.contentBytes = contentBytes;
        this.endTag = endTag;
        this.hash = hash;
    }

    static ByteBuffer header(byte[] keyId, byte[] salt) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(MAGIC)
                .putInt(VERSION)
                .putInt(0)
                .put(keyId)
                .put(salt)
                .flip();
    }

    /** The end without its hash and magic. */
    static ByteBuffer end(long contentBytes, byte[] endTag) {
        return ByteBuffer.allocate(HASHED_END_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(contentBytes)
                .put(endTag)
                .flip();
    }

    /** The hash and the magic. */
    static ByteBuffer last(long hash) {
        return ByteBuffer.allocate(END_BYTES - HASHED_END_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(hash)
                .putLong(END_MAGIC)
                .flip();
    }

    /** Where a slice begins in the stored object. */
    static long sliceOffset(long number) {
        return HEADER_BYTES + number * SLICE_BYTES;
    }

    private static long storedBytes(long contentBytes) {
        return HEADER_BYTES + contentBytes + SliceCipher.slices(contentBytes) * SliceCipher.TAG_BYTES + END_BYTES;
    }

    /** The length of the content of a sealed object of this length; of something that is none, any number from 0. */
    static long contentBytes(long storedBytes) {
        long slices = Math.max(0, storedBytes - HEADER_BYTES - END_BYTES);
        return Math.max(0, slices - (slices + SLICE_BYTES - 1) / SLICE_BYTES * SliceCipher.TAG_BYTES);
    }

    /**
     * Reads it.
     *
     * @throws PgkeepException {@code DAMAGED} when the object is none that was sealed, or cut off; {@code TOO_NEW}
     */
    static SealedShell read(ObjectReader object, String location) {
        ByteBuffer header = bytes(object, 0, (int) Math.min(HEADER_BYTES, object.size()));
        if (header.remaining() < Long.BYTES || header.getLong() != MAGIC) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    location + " is not sealed, in a repository in which everything is: pgkeep did not put it there",
                    "Find out who can write there. Remove it, if nobody needs it.");
        }
        if (object.size() < HEADER_BYTES + END_BYTES) {
            throw damaged(location, "is truncated to " + object.size() + " bytes");
        }
        int version = header.getInt();
        if (version > VERSION) {
            throw new PgkeepException(
                    ErrorCode.TOO_NEW,
                    location + " is sealed in version " + version,
                    "Use a newer pgkeep with this repository.");
        }
        ByteBuffer end = bytes(object, object.size() - END_BYTES, END_BYTES);
        SealedShell shell = new SealedShell(
                get(header.position(16), DataKey.ID_BYTES),
                get(header, DataKey.SALT_BYTES),
                end.getLong(),
                get(end, SliceCipher.TAG_BYTES),
                end.getLong());
        if (end.getLong() != END_MAGIC) {
            throw damaged(location, "does not end as a sealed object: it is truncated or overwritten");
        }
        boolean fits = shell.contentBytes >= 0
                && shell.contentBytes <= object.size()
                && storedBytes(shell.contentBytes) == object.size();
        if (version != VERSION || header.getInt(12) != 0 || !fits) {
            throw damaged(location, "has a damaged header or end");
        }
        return shell;
    }

    private static ByteBuffer bytes(ObjectReader object, long offset, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        object.read(offset, bytes);
        return bytes.flip();
    }

    private static byte[] get(ByteBuffer from, int length) {
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    /**
     * Proves that every stored byte is as it was written, as far as that can be known without the key.
     *
     * @throws PgkeepException {@code DAMAGED}
     */
    void scrub(ObjectReader object, String location) {
        Xxh3.Stream64 found = Xxh3.stream64();
        byte[] buffer = new byte[STEP_BYTES];
        long end = object.size() - END_BYTES + HASHED_END_BYTES;
        for (long at = 0; at < end; at += buffer.length) {
            int length = (int) Math.min(buffer.length, end - at);
            object.read(at, ByteBuffer.wrap(buffer, 0, length));
            found.put(buffer, 0, length);
        }
        if (found.value() != hash) {
            throw damaged(location, "is damaged: its bytes are not those that were stored");
        }
    }

    /** Length of the content. */
    long contentBytes() {
        return contentBytes;
    }

    /**
     * Opens it: proves that it was sealed with this key under this name, and how long it is.
     *
     * @throws PgkeepException {@code DAMAGED}
     */
    ObjectKey open(DataKey key, SliceCipher cipher, ObjectName name, String location) {
        if (!Arrays.equals(keyId, key.id())) {
            throw damaged(
                    location,
                    "is of another repository: sealed with data key "
                            + HexFormat.of().formatHex(keyId) + ", not " + key.idText());
        }
        ObjectKey objectKey = key.objectKey(salt, name.value());
        if (!cipher.isEnd(objectKey, contentBytes, endTag)) {
            throw broken(location, "");
        }
        return objectKey;
    }

    static PgkeepException damaged(String location, String how) {
        return new PgkeepException(
                ErrorCode.DAMAGED, location + " " + how, "Run 'pgkeep verify' to see which backups are affected.");
    }

    /** The seal does not hold: nobody can tell an altered object from another one. */
    static PgkeepException broken(String location, String where) {
        return damaged(location, "was altered, or another object was put in its place: its seal does not hold" + where);
    }

    @Override
    public String toString() {
        return "sealed object of " + contentBytes + " bytes";
    }
}
