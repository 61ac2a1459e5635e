package org.pgkeep.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes {@code backup_manifest}, PostgreSQL's own list of the files of a backup, so that {@code pg_verifybackup} can check
 * a restored directory (documentation, "Backup Manifest Format"; {@code backup/backup_manifest.c}). The list streams; nothing
 * but a running hash is kept. Call {@link #file} for each file, in any order, then {@link #finish} once.
 *
 * <p>{@code pg_verifybackup} wants every file but {@code pg_wal}, {@code postgresql.auto.conf}, the signal files and the
 * manifest itself to be listed.
 */
public final class BackupManifestFile {
    /** Relative to the data directory. */
    public static final String PATH = "backup_manifest";

    private static final DateTimeFormatter GMT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** What is known about a file's content. */
    public sealed interface Checksum {
        /** Only its size. */
        record None() implements Checksum {}

        /** CRC-32C. */
        record Crc32c(int value) implements Checksum {}

        /**
         * SHA-256.
         *
         * @param digest 32 bytes; not copied
         */
        @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
        record Sha256(byte[] digest) implements Checksum {}
    }

    /** WAL that recovery of the backup needs. */
    public record WalRange(int timeline, Lsn start, Lsn end) {}

    private final OutputStream out;
    private final MessageDigest digest;
    private boolean empty = true;

    /**
     * Begins a manifest.
     *
     * @param out buffered; not closed
     * @param version {@link MajorVersion#manifestVersion}
     * @param systemIdentifier of the cluster, unsigned; written since version 2
     */
    public BackupManifestFile(OutputStream out, int version, long systemIdentifier) throws IOException {
        this.out = out;
        this.digest = sha256();
        write("{ \"PostgreSQL-Backup-Manifest-Version\": " + version + ",\n");
        if (version >= 2) {
            write("\"System-Identifier\": " + Long.toUnsignedString(systemIdentifier) + ",\n");
        }
        write("\"Files\": [");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }

    /**
     * Adds a file.
     *
     * @param path relative to the data directory, as the file system has it
     * @param size in bytes
     */
    public void file(byte[] path, long size, Instant modified, Checksum checksum) throws IOException {
        write(empty ? "\n{ " : ",\n{ ");
        empty = false;
        write(utf8(path)
                .map(text -> "\"Path\": " + json(text))
                .orElseGet(() -> "\"Encoded-Path\": \"" + HexFormat.of().formatHex(path) + "\""));
        write(", \"Size\": " + size + ", \"Last-Modified\": \"" + GMT.format(modified) + "\"" + text(checksum) + " }");
    }

    private static String text(Checksum checksum) {
        return switch (checksum) {
            case Checksum.None _ -> "";
            case Checksum.Crc32c(var value) -> text("CRC32C", littleEndian(value));
            case Checksum.Sha256(var bytes) -> text("SHA256", bytes);
        };
    }

    private static String text(String algorithm, byte[] checksum) {
        return ", \"Checksum-Algorithm\": \"" + algorithm + "\", \"Checksum\": \""
                + HexFormat.of().formatHex(checksum) + "\"";
    }

    /** The server prints the CRC's bytes as they lie in its memory ({@code pg_checksum_final}). */
    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static Optional<String> utf8(byte[] path) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(path))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String json(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    /** Ends the manifest: the WAL that is needed, youngest timeline first, and the manifest's own checksum. */
    public void finish(List<WalRange> ranges) throws IOException {
        write("\n],\n\"WAL-Ranges\": [\n");
        String separator = "";
        for (WalRange range : ranges) {
            write(separator + "{ \"Timeline\": " + Integer.toUnsignedString(range.timeline) + ", \"Start-LSN\": \""
                    + range.start + "\", \"End-LSN\": \"" + range.end + "\" }");
            separator = ",\n";
        }
        write("\n],\n");
        String checksum = HexFormat.of().formatHex(digest.digest());
        out.write(("\"Manifest-Checksum\": \"" + checksum + "\"}\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(bytes);
        out.write(bytes);
    }
}
