package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.postgres.BackupManifestFile.Checksum;
import org.pgkeep.postgres.BackupManifestFile.WalRange;

final class BackupManifestFileTest {
    private static final Path VERIFIER = Path.of("/usr/lib/postgresql/15/bin/pg_verifybackup");
    private static final Instant MODIFIED = Instant.parse("2026-11-21T22:00:00.9Z");

    @TempDir
    private Path directory;

    @Test
    void theFormatIsThatOfTheServer() throws IOException, NoSuchAlgorithmException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BackupManifestFile manifest = new BackupManifestFile(out, 2, -1L);
        manifest.file(bytes("base/1/1259"), 8192, MODIFIED, new Checksum.Crc32c(0x0A0B0C0D));
        manifest.file(bytes("a\"b\\c\nd é"), 0, MODIFIED, new Checksum.None());
        manifest.file(new byte[] {'x', (byte) 0xFF}, 1, MODIFIED, new Checksum.Sha256(new byte[] {1, (byte) 0xAB}));
        manifest.finish(List.of(
                new WalRange(2, Lsn.parse("0/5000000"), Lsn.parse("0/6000100")),
                new WalRange(1, Lsn.parse("0/4000028"), Lsn.parse("0/5000000"))));

        String head = """
                { "PostgreSQL-Backup-Manifest-Version": 2,
                "System-Identifier": 18446744073709551615,
                "Files": [
                { "Path": "base/1/1259", "Size": 8192, "Last-Modified": "2026-11-21 22:00:00 GMT", \
                "Checksum-Algorithm": "CRC32C", "Checksum": "0d0c0b0a" },
                { "Path": "a\\"b\\\\c\\u000ad é", "Size": 0, "Last-Modified": "2026-11-21 22:00:00 GMT" },
                { "Encoded-Path": "78ff", "Size": 1, "Last-Modified": "2026-11-21 22:00:00 GMT", \
                "Checksum-Algorithm": "SHA256", "Checksum": "01ab" }
                ],
                "WAL-Ranges": [
                { "Timeline": 2, "Start-LSN": "0/5000000", "End-LSN": "0/6000100" },
                { "Timeline": 1, "Start-LSN": "0/4000028", "End-LSN": "0/5000000" }
                ],
                """;
        String checksum = HexFormat.of().formatHex(sha256(bytes(head)));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(head + "\"Manifest-Checksum\": \"" + checksum + "\"}\n");
    }

    @Test
    void postgresqlsOwnVerifierAcceptsTheManifestAndFindsAFlippedByte() throws Exception {
        assumeThat(VERIFIER).isExecutable();
        List<String> names =
                List.of("PG_VERSION", "sub/with \"quotes\" and \\", "sub/plain", "sub/new\nline", "empty", "sized");
        Files.createDirectories(directory.resolve("sub"));
        for (String name : names) {
            Files.writeString(directory.resolve(name), name.equals("empty") ? "" : "15\n" + name);
        }
        writeManifest(names);
        assertThat(verify()).contains("backup successfully verified");

        Files.writeString(directory.resolve("sub/plain"), "16\nsub/plain");
        assertThat(verify())
                .contains("checksum mismatch for file \"sub/plain\"")
                .doesNotContain("successfully");
    }

    private void writeManifest(List<String> names) throws IOException, NoSuchAlgorithmException {
        try (OutputStream out = Files.newOutputStream(directory.resolve(BackupManifestFile.PATH))) {
            BackupManifestFile manifest = new BackupManifestFile(out, 1, 0);
            for (String name : names) {
                byte[] content = Files.readAllBytes(directory.resolve(name));
                manifest.file(bytes(name), content.length, MODIFIED, checksum(name, content));
            }
            manifest.finish(List.of(new WalRange(1, Lsn.parse("0/2000028"), Lsn.parse("0/2000100"))));
        }
    }

    private static Checksum checksum(String name, byte[] content) throws NoSuchAlgorithmException {
        if (name.equals("sized")) {
            return new Checksum.None();
        }
        if (name.startsWith("sub")) {
            return new Checksum.Sha256(sha256(content));
        }
        CRC32C crc = new CRC32C();
        crc.update(content);
        return new Checksum.Crc32c((int) crc.getValue());
    }

    private String verify() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(VERIFIER.toString(), "-n", directory.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static byte[] sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
