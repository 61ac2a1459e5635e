package org.pgkeep.codec.seal;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The data key of a repository under one secret.
 *
 * @param id from 1, never used again
 * @param kind which secret opens it
 * @param name what people call it; may be empty
 * @param salt hexadecimal, new with every envelope
 * @param wrapped the data key, encrypted: hexadecimal
 */
public record Envelope(int id, Kind kind, String name, Instant created, String salt, String wrapped) {
    /** Length of the salt. */
    public static final int SALT_BYTES = 32;

    private static final int TAG_BITS = 128;

    /** Length of the data key as it is wrapped. */
    public static final int WRAPPED_BYTES = DataKey.BYTES + TAG_BITS / 8;

    /** Its key encrypts nothing else. */
    private static final byte[] NONCE = new byte[12];

    private static final byte[] ZERO = new byte[1];
    private static final HexFormat HEX = HexFormat.of();

    public Envelope {
        if (salt.length() != 2 * SALT_BYTES || wrapped.length() != 2 * WRAPPED_BYTES) {
            throw new PgkeepException(ErrorCode.DAMAGED, "envelope " + id + " has a salt or key of the wrong length");
        }
    }

    /** Which secret opens an envelope. */
    public sealed interface Kind {
        /** A passphrase, stretched. */
        record Passphrase(Argon2id stretching) implements Kind {}

        /** A key file. */
        record KeyFile() implements Kind {}

        /** As the record of the repository calls it. */
        default String word() {
            return switch (this) {
                case Passphrase _ -> "passphrase";
                case KeyFile _ -> "key-file";
            };
        }
    }

    /**
     * Puts a data key under a secret.
     *
     * @param repository the repository's id: the envelope opens nowhere else
     */
    public static Envelope seal(
            DataKey key, Secret secret, String repository, int id, String name, Instant created, Chance chance) {
        Kind kind = switch (secret) {
            case Secret.Passphrase passphrase -> new Kind.Passphrase(passphrase.stretching());
            case Secret.KeyFile _ -> new Kind.KeyFile();
        };
        String salt = HEX.formatHex(chance.bytes(SALT_BYTES));
        String nothing = HEX.formatHex(new byte[WRAPPED_BYTES]);
        Envelope empty = new Envelope(id, kind, name, created, salt, nothing);
        SecretKeySpec envelopeKey = empty.envelopeKey(secret, repository).orElseThrow();
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, envelopeKey, new GCMParameterSpec(TAG_BITS, NONCE));
            String wrapped = HEX.formatHex(cipher.doFinal(key.bytes()));
            return new Envelope(id, kind, name, created, salt, wrapped);
        } catch (GeneralSecurityException e) {
            throw new PgkeepException(ErrorCode.BUG, "AES-GCM fails").causedBy(e);
        }
    }

    /** The data key; empty when this secret is of another kind or does not open it. */
    public Optional<DataKey> open(Secret secret, String repository) {
        Optional<SecretKeySpec> envelopeKey = envelopeKey(secret, repository);
        if (envelopeKey.isEmpty()) {
            return Optional.empty();
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, envelopeKey.get(), new GCMParameterSpec(TAG_BITS, NONCE));
            return Optional.of(DataKey.of(cipher.doFinal(HEX.parseHex(wrapped))));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new PgkeepException(ErrorCode.BUG, "AES-GCM fails").causedBy(e);
        }
    }

    private Optional<SecretKeySpec> envelopeKey(Secret secret, String repository) {
        byte[] salted = HEX.parseHex(salt);
        Optional<byte[]> material = switch (kind) {
            case Kind.Passphrase(Argon2id stretching)
            when secret instanceof Secret.Passphrase passphrase ->
                Optional.of(stretching.stretch(passphrase.utf8(), salted));
            case Kind.KeyFile _ when secret instanceof Secret.KeyFile file -> Optional.of(file.bytes());
            case Kind.Passphrase _, Kind.KeyFile _ -> Optional.empty();
        };
        return material.map(bytes -> Hkdf.extract(salted, bytes)
                        .expand(Hkdf.BYTES_MAX, Hkdf.ascii("envelope"), ZERO, Hkdf.ascii(repository)))
                .map(key -> new SecretKeySpec(key, "AES"));
    }
}
