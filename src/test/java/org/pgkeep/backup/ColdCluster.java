package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.pgkeep.backup.change.Way;
import org.pgkeep.codec.Compression;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.restore.ControlBytes;
import org.pgkeep.storage.Storage;
import org.pgkeep.verify.Finding;
import org.pgkeep.verify.Verify;

/** A data directory of a stopped server, without a server: what {@link Backup} needs of one, and files to change. */
final class ColdCluster {
    private static final String CONTROL = "global/pg_control";

    private final Path data;
    private final Path temporary;
    private final TinyRepository.StandingClock clock;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final List<String> told = new ArrayList<>();
    private Runnable whenCopying = () -> {};

    /** A cluster with the files of {@link TinyRepository#files}. */
    ColdCluster(Path directory, TinyRepository.StandingClock clock, long seed) {
        this.data = directory.resolve("data");
        this.temporary = directory;
        this.clock = clock;
        TinyRepository.files(seed).forEach(this::write);
        makeDirectory("pg_tblspc");
        makeDirectory("pg_wal");
        // More than one frame, so that there are several packs.
        write("pg_stat/one", random(seed + 1, 200));
        write("pg_stat/two", random(seed + 2, 130));
        say(control().shutDownAt(1, "0/300028"));
    }

    /** A control file of this cluster. */
    static ControlBytes control() {
        return ControlBytes.of(TinyRepository.SYSTEM_IDENTIFIER).withoutChecksums();
    }

    /** Puts a control file there. */
    void say(ControlBytes control) {
        write(CONTROL, control.done());
    }

    private void makeDirectory(String name) {
        try {
            Files.createDirectories(data.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] random(long seed, int blocks) {
        byte[] content = new byte[blocks * Blocks.BYTES];
        new Random(seed).nextBytes(content);
        return content;
    }

    /** Puts a file there. */
    void write(String path, byte[] content) {
        try {
            Path file = data.resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            files.put(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes one byte of a block of a file. */
    void change(String path, int block) {
        byte[] content = Objects.requireNonNull(files.get(path)).clone();
        content[block * Blocks.BYTES + 100] ^= 1;
        write(path, content);
    }

    /** Blocks that are not zero, without the control file, which is never compared. */
    long blocks() {
        return files.entrySet().stream()
                .filter(file -> !file.getKey().equals(CONTROL))
                .mapToLong(file -> {
                    byte[] content =
                            Arrays.copyOf(file.getValue(), (int) Blocks.count(file.getValue().length) * Blocks.BYTES);
                    long count = 0;
                    for (int at = 0; at < content.length; at += Blocks.BYTES) {
                        count += Blocks.isZero(content, at) ? 0 : 1;
                    }
                    return count;
                })
                .sum();
    }

    /** How a backup is taken. */
    record How(BackupType type, Compression compression, boolean resume, Remarks remarks) {
        static final How FULL = new How(BackupType.FULL, Compression.DEFAULT, true, Remarks.NONE);
        static final How INCREMENTAL = new How(BackupType.INCREMENTAL, Compression.DEFAULT, true, Remarks.NONE);

        How(BackupType type, Compression compression, boolean resume) {
            this(type, compression, resume, Remarks.NONE);
        }
    }

    /** Takes a backup; whatever the storage throws comes through. */
    BackupRecord backup(Storage storage, How how) {
        Repository repository = Repository.openOrCreate(storage, clock);
        BackupRequest request = new BackupRequest(
                TinyRepository.MAIN,
                data,
                how.type,
                Optional.empty(),
                Optional.of(Way.HASH),
                1,
                how.compression,
                1 << 16,
                List.of(),
                true,
                true,
                BackupWal.ARCHIVE,
                Duration.ofSeconds(1),
                true,
                how.resume,
                Duration.ZERO,
                temporary,
                "0.1.0",
                how.remarks);
        return new Backup(repository, clock, new Told(told::add, whenCopying))
                .offline(request)
                .record();
    }

    /** Does this in each backup from now on, when files are listed and not read yet. */
    void whenCopying(Runnable event) {
        whenCopying = event;
    }

    /** What backups said. */
    List<String> told() {
        return told;
    }

    /** Proves that a backup holds the files as they are now. */
    void assertHeldBy(Storage storage, BackupRecord backup) {
        ClusterStore cluster = cluster(storage);
        files.forEach((path, content) -> assertThat(TinyRepository.read(cluster, backup.label(), path))
                .as("%s of %s", path, backup.label())
                .isEqualTo(content));
    }

    /** What verify finds when it looks at everything. */
    List<Finding> findings(Storage storage) {
        Verify verify = new Verify(Repository.open(storage, clock), clock, Progress.SILENT);
        return verify.run(Verify.Request.look(true, true, 1)).findings();
    }

    /** The cluster in a repository. */
    ClusterStore cluster(Storage storage) {
        return Repository.open(storage, clock).cluster(TinyRepository.MAIN);
    }

    /** Collects what is said. */
    private record Told(Consumer<String> target, Runnable whenCopying) implements Progress {
        @Override
        public Step step(String title, long totalBytes) {
            if (title.equals("copy")) {
                whenCopying.run();
            }
            return SILENT.step(title, totalBytes);
        }

        @Override
        public void info(String message) {
            target.accept(message);
        }

        @Override
        public void warn(String message) {
            target.accept("warning: " + message);
        }

        @Override
        public void debug(String message) {}
    }
}
