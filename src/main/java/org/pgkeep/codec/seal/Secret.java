package org.pgkeep.codec.seal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** What opens an {@link Envelope}. Its text says nothing of it. */
public sealed interface Secret {
    /** What a person knows. */
    final class Passphrase implements Secret {
        private static final int BYTES_MAX = 1024;

        private final byte[] utf8;
        private final Argon2id stretching;

        private Passphrase(byte[] utf8, Argon2id stretching) {
            this.utf8 = utf8;
            this.stretching = stretching;
        }

        /**
         * A passphrase as typed or read.
         *
         * @param from where it comes from, for the message: {@code --passphrase-file /etc/pgkeep/passphrase}
         * @throws PgkeepException {@code CONFIG} when it is empty or longer than 1024 bytes
         */
        public static Passphrase of(CharSequence text, String from) {
            ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
            byte[] utf8 = new byte[encoded.remaining()];
            encoded.get(utf8);
            if (utf8.length == 0 || utf8.length > BYTES_MAX) {
                throw new PgkeepException(
                        ErrorCode.CONFIG,
                        "the passphrase from " + from + (utf8.length == 0 ? " is empty" : " is too long"),
                        "A passphrase has 1 to " + BYTES_MAX + " bytes, on one line.");
            }
            return new Passphrase(utf8, Argon2id.RECOMMENDED);
        }

        /** The same, but new envelopes make trying it as hard as this. */
        public Passphrase stretched(Argon2id other) {
            return new Passphrase(utf8, other);
        }

        byte[] utf8() {
            return utf8;
        }

        Argon2id stretching() {
            return stretching;
        }

        @Override
        public String toString() {
            return "passphrase";
        }
    }

    /** What a file holds: 256 random bits. */
    final class KeyFile implements Secret {
        static final int BYTES = 32;

        private final byte[] bytes;

        private KeyFile(byte[] bytes) {
            this.bytes = bytes;
        }

        /** A new one. */
        static KeyFile random(Chance chance) {
            return new KeyFile(chance.bytes(BYTES));
        }

        /** From its 64 hexadecimal digits. */
        static KeyFile parse(String digits) {
            return new KeyFile(HexFormat.of().parseHex(digits));
        }

        String digits() {
            return HexFormat.of().formatHex(bytes);
        }

        byte[] bytes() {
            return bytes;
        }

        @Override
        public String toString() {
            return "key file";
        }
    }
}
