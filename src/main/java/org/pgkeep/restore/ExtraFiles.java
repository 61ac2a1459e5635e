package org.pgkeep.restore;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.BackupLabelFile;
import org.pgkeep.postgres.ConfigurationText;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.repository.BackupRecord;

/**
 * The small files that the restored cluster has beside the backup's own: what tells PostgreSQL where to begin and where to stop.
 */
final class ExtraFiles {
    private static final String AUTO_CONF = "postgresql.auto.conf";

    private final Path target;
    private final FileTable.Ownership ownership;
    private final int mode;
    private final Owners owners;
    private final Set<String> written = new LinkedHashSet<>();

    /** For this data directory; whoever may read it may read these files. */
    ExtraFiles(Directory root, FileTable.Ownership ownership, Owners owners) {
        this.target = root.location();
        this.ownership = ownership;
        this.mode = (root.attributes().mode() & 0040) == 0 ? 0600 : 0640;
        this.owners = owners;
    }

    /**
     * Writes {@code backup_label} as the server gave it. {@code tablespace_map} is left out on purpose: it would make the server
     * replace the links in {@code pg_tblspc}, which may lead elsewhere now, by those of the backup.
     */
    void writeLabel(BackupRecord backup) {
        if (!backup.backupLabelFile().isEmpty()) {
            write(BackupLabelFile.PATH, backup.backupLabelFile().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    /** Tells the server of this version about its recovery. */
    void writeSettings(RecoverySettings settings, MajorVersion version) {
        try {
            RecoverySettings.Files files = settings.files(version, autoConf());
            for (String path : files.delete()) {
                boolean _ = Files.deleteIfExists(target.resolve(path));
            }
            for (Map.Entry<String, byte[]> file : files.write().entrySet()) {
                write(file.getKey(), file.getValue());
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write recovery settings in " + target, e);
        }
    }

    /**
     * Gives a parameter a value that no other file overrules: in {@code postgresql.auto.conf}, which is read last, and where
     * {@code ALTER SYSTEM} may have set it.
     */
    void writeParameter(String name, String value) {
        try {
            write(
                    AUTO_CONF,
                    ConfigurationText.parse(autoConf()).set(name, value).bytes());
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + target.resolve(AUTO_CONF), e);
        }
    }

    private byte[] autoConf() throws IOException {
        Path file = target.resolve(AUTO_CONF);
        return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    }

    private void write(String path, byte[] content) {
        Path file = target.resolve(path);
        try {
            try (OutputStream out = open(path)) {
                out.write(content);
            }
            finish(path);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
        }
    }

    /** A file to be written in the data directory itself: a link that is there gives way, as with {@code ALTER SYSTEM}. */
    OutputStream open(String path) throws IOException {
        Path file = target.resolve(path);
        if (Files.isSymbolicLink(file)) {
            Files.delete(file);
        }
        return Files.newOutputStream(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    /** Gives a file that was written its owner and mode. */
    void finish(String path) throws IOException {
        Path file = target.resolve(path);
        owners.give(file, ownership);
        Path _ = Files.setAttribute(file, "unix:mode", mode);
        written.add(path);
    }

    /** Paths of what was written, relative to the data directory. */
    List<String> written() {
        return List.copyOf(written);
    }
}
