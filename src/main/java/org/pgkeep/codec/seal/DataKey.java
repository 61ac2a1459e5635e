package org.pgkeep.codec.seal;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** The key of a sealed repository, from which all others come. Never printed, stored only in an {@link Envelope}. Thread-safe. */
public final class DataKey {
    static final int BYTES = 32;

    /** Length of the salt that tells two writings of an object apart. */
    public static final int SALT_BYTES = 32;

    /** Length of a key id. */
    public static final int ID_BYTES = 8;

    private static final byte[] DOMAIN = Hkdf.ascii("pgkeep sealing 1");
    private static final byte[] ZERO = new byte[1];
    private static final int WAL_NAME_BYTES = 16;

    private final byte[] bytes;
    private final Hkdf keys;
    private final byte[] id;

    private DataKey(byte[] bytes) {
        this.bytes = bytes;
        this.keys = Hkdf.extract(DOMAIN, bytes);
        this.id = keys.expand(ID_BYTES, Hkdf.ascii("key id"));
    }

    /** A new one. */
    public static DataKey random(Chance chance) {
        return new DataKey(chance.bytes(BYTES));
    }

    /** From an envelope. */
    static DataKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new PgkeepException(ErrorCode.BUG, "a data key of " + bytes.length + " bytes");
        }
        return new DataKey(bytes.clone());
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** Tells data keys apart, and nothing else about them: public. */
    public byte[] id() {
        return id.clone();
    }

    /** The id as 16 hexadecimal digits. */
    public String idText() {
        return HexFormat.of().formatHex(id);
    }

    /**
     * The key of one writing of one object.
     *
     * @param salt {@link #SALT_BYTES}, new with every writing
     * @param name the object's whole name
     */
    public ObjectKey objectKey(byte[] salt, String name) {
        byte[] key =
                keys.expand(Hkdf.BYTES_MAX, Hkdf.ascii("object"), ZERO, salt, name.getBytes(StandardCharsets.UTF_8));
        return new ObjectKey(new SecretKeySpec(key, "AES"));
    }

    /**
     * What stands in the name of a sealed WAL object in place of its content's hash: equal for equal content of the same file, and
     * without the key not to be computed from a known content.
     *
     * @param name of the object, up to there
     * @param hash of the content, hexadecimal
     * @return 32 hexadecimal digits
     */
    public String walHash(String name, String hash) {
        byte[] key = keys.expand(Hkdf.BYTES_MAX, Hkdf.ascii("wal name"));
        byte[] mac = Hkdf.hmac(
                new SecretKeySpec(key, "HmacSHA256"),
                Hkdf.ascii(name),
                ZERO,
                HexFormat.of().parseHex(hash));
        return HexFormat.of().formatHex(mac, 0, WAL_NAME_BYTES);
    }

    /** The proof that the record of the repository was written by who had this key: 32 bytes. */
    public byte[] recordMac(byte[] record) {
        byte[] key = keys.expand(Hkdf.BYTES_MAX, Hkdf.ascii("repository.json"));
        return Hkdf.hmac(new SecretKeySpec(key, "HmacSHA256"), record);
    }

    @Override
    public String toString() {
        return "data key " + idText();
    }
}
