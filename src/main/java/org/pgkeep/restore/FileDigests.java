package org.pgkeep.restore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.pgkeep.postgres.BackupManifestFile.Checksum;
import org.pgkeep.postgres.CrcSum;

/** The checksums that {@code backup_manifest} will have. Thread-safe. */
final class FileDigests {
    private static final int SHA256_BYTES = 32;

    private final ManifestChecksum kind;
    private final FileTable files;
    private final byte[] sha256;

    FileDigests(ManifestChecksum kind, FileTable files) {
        this.kind = kind;
        this.files = files;
        this.sha256 = new byte[kind == ManifestChecksum.SHA256 ? Math.multiplyExact(files.count(), SHA256_BYTES) : 0];
    }

    /** Whether pieces are to be added up in the table of files. */
    boolean isCrc() {
        return kind == ManifestChecksum.CRC32C;
    }

    /** Whether complete files are read, so that they had better be in the page cache. */
    boolean readsBack() {
        return kind == ManifestChecksum.SHA256;
    }

    /** Reads a file that was just written, if its bytes are needed in order. */
    void complete(int file, Path location) throws IOException {
        if (readsBack()) {
            System.arraycopy(sha256(location), 0, sha256, file * SHA256_BYTES, SHA256_BYTES);
        }
    }

    /** A complete file's checksum. */
    Checksum of(int file) {
        return switch (kind) {
            case CRC32C -> new Checksum.Crc32c(files.crc(file));
            case SHA256 ->
                new Checksum.Sha256(Arrays.copyOfRange(sha256, file * SHA256_BYTES, (file + 1) * SHA256_BYTES));
            case NONE -> new Checksum.None();
        };
    }

    /** The checksum of a small file that is on disk. */
    Checksum read(Path location) throws IOException {
        return switch (kind) {
            case CRC32C -> {
                byte[] content = Files.readAllBytes(location);
                yield new Checksum.Crc32c(CrcSum.ofZeros(content.length) ^ CrcSum.share(content, 0, content.length, 0));
            }
            case SHA256 -> new Checksum.Sha256(sha256(location));
            case NONE -> new Checksum.None();
        };
    }

    private static byte[] sha256(Path location) throws IOException {
        try (InputStream content = Files.newInputStream(location)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 17];
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must have SHA-256", e);
        }
    }
}
