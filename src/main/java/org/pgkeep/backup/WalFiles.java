package org.pgkeep.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.PackAppender;
import org.pgkeep.repository.PathName;

/**
 * WAL that becomes part of a backup: files of {@code pg_wal}. Each is laid down in a directory of its own, added, and gone from
 * there: what waits is a segment, however long the backup takes. To every segment belongs an empty
 * {@code archive_status/<segment>.done}, as {@code pg_basebackup} makes it ({@code receivelog.c}, {@code mark_file_as_archived}): the
 * restored server must not archive them, for the last one ends in zeros where the archive has, or will have, WAL.
 */
final class WalFiles implements AutoCloseable {
    private static final int PAGE_BYTES = 8192;
    /** Length of a segment's name; a timeline history's is shorter. */
    private static final int SEGMENT_NAME = 24;

    private final Path temporary;
    private final String walDirectory;
    private final Path model;
    private final Supplier<PackAppender> appender;
    private final Progress progress;
    private final CopyResults results;
    private final FileFacts facts = new FileFacts();
    private final List<ListedEntry> files = new ArrayList<>();
    private final List<ListedEntry> done = new ArrayList<>();
    private @Nullable Path staging;
    private @Nullable CopyWorker worker;

    /**
     * None yet.
     *
     * @param walDirectory {@code pg_wal}, or what it was called before PostgreSQL 10
     * @param model a file of the cluster: who owns it, and what others may do with it, holds for these
     */
    WalFiles(Path temporary, String walDirectory, Path model, Supplier<PackAppender> appender, Progress progress) {
        this.temporary = temporary;
        this.walDirectory = walDirectory;
        this.model = model;
        this.appender = appender;
        this.progress = progress;
        this.results = new CopyResults(temporary);
    }

    /** Where the file of this name is to be laid down before it is added. */
    Path place(String name) {
        return root().resolve(walDirectory).resolve(name);
    }

    private Path root() {
        Path known = staging;
        if (known != null) {
            return known;
        }
        try {
            Path made = Files.createTempDirectory(Files.createDirectories(temporary), "pgkeep-wal-");
            staging = made;
            Files.createDirectory(made.resolve(walDirectory));
            return made;
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "make a directory in " + temporary, e);
        }
    }

    /** Adds the file that was laid down; in the order of names. */
    void add(String name) {
        Path file = place(name);
        try {
            ListedEntry entry =
                    entry(path(name), Files.size(file), facts.of(file, true).attributes());
            if (!files.isEmpty() && files.getLast().path().compareTo(entry.path()) >= 0) {
                throw new PgkeepException(
                        ErrorCode.BUG, name + " after " + files.getLast().path());
            }
            worker().copy(new CopyJob.Files(
                    List.of(new CopyJob.Source(files.size(), entry.path(), entry.sizeBytes(), new Reading.Whole()))));
            files.add(entry);
            if (name.length() == SEGMENT_NAME) {
                done.add(entry(path("archive_status/" + name + ".done"), 0, entry.attributes()));
            }
            Files.delete(file);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "take " + file + " into the backup", e);
        }
    }

    private PathName path(String name) {
        return PathName.of((walDirectory + "/" + name).getBytes(StandardCharsets.US_ASCII));
    }

    private ListedEntry entry(PathName path, long bytes, Attributes own) throws IOException {
        Attributes like = facts.of(model, true).attributes();
        return new ListedEntry(
                path,
                ListedEntry.Type.FILE,
                bytes,
                new Attributes(like.mode(), like.owner(), like.group(), own.modified()),
                Optional.empty());
    }

    private CopyWorker worker() {
        CopyWorker known = worker;
        if (known == null) {
            known = new CopyWorker(
                    root(), appender.get(), null, PAGE_BYTES, results, Progress.SILENT.step("", 0), () -> false);
            worker = known;
        }
        return known;
    }

    /** Makes what was added durable. */
    void finish() {
        if (worker != null) {
            worker.finish();
        }
    }

    /** What was added, in path order. */
    Iterator<ListedEntry> entries() {
        return Stream.concat(files.stream(), done.stream()).iterator();
    }

    /** Where it is stored; a file's ordinal is its number in {@link #entries}. */
    CopyResults results() {
        return results;
    }

    @Override
    public void close() {
        try (results) {
            if (worker != null) {
                worker.close();
            }
            removeStaging();
        }
    }

    private void removeStaging() {
        if (staging == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(staging)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            progress.warn("cannot remove " + staging + ": " + e);
        }
    }
}
