package org.pgkeep.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.pgkeep.demo.ProgramRun;

/**
 * Debian's {@code pg_verifybackup} 15. It knows version 1 of the manifest; version 2 (PostgreSQL 17) only adds the system
 * identifier, so the manifest is rewritten as version 1, in a copy beside it.
 */
final class VerifyBackup {
    static final Path PROGRAM = Path.of("/usr/lib/postgresql/15/bin/pg_verifybackup");
    private static final String LAST_LINE = "\"Manifest-Checksum\"";
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private VerifyBackup() {}

    static void check(Path restored) {
        try {
            Path manifest = Files.createTempFile("manifest", ".json");
            try {
                Files.writeString(manifest, asVersion1(Files.readString(restored.resolve("backup_manifest"))));
                // -n: WAL is not part of the restored directory's manifest check.
                List<String> command =
                        List.of(PROGRAM.toString(), "-n", "-m", manifest.toString(), restored.toString());
                ProgramRun run = ProgramRun.of(command, Path.of("/"), Map.of(), LONGEST);
                if (run.exitStatus() != 0) {
                    throw new AssertionError("pg_verifybackup: " + run.err() + run.out());
                }
            } finally {
                Files.delete(manifest);
            }
        } catch (IOException e) {
            throw new AssertionError("no backup_manifest to verify", e);
        }
    }

    private static String asVersion1(String manifest) {
        String body = manifest.substring(0, manifest.indexOf(LAST_LINE))
                .replaceFirst("\"PostgreSQL-Backup-Manifest-Version\": 2", "\"PostgreSQL-Backup-Manifest-Version\": 1")
                .replaceFirst("\"System-Identifier\": \\d+,\\s*", "");
        return body + LAST_LINE + ": \"" + sha256(body) + "\"}\n";
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
