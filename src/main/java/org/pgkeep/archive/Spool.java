package org.pgkeep.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The directory in which an archiver or a prefetcher talks with the launcher's shell script ({@code docs/formats/spool.md}): the side of
 * that process. Closed, the lock is free.
 */
final class Spool implements AutoCloseable {
    static final String OK = ".ok";
    static final String ERROR = ".error";
    static final String ANSWER = ".answer";
    static final String WANTED = ".wanted";
    static final String DROPPED = ".dropped";
    static final String RETIRE = "retire";
    static final String TEMPORARY = ".tmp";

    /** From now on workers are started with the settings that make Java fast with ciphers. */
    static final String SEALED = "sealed";

    private final Path directory;
    private final FileChannel lock;
    private final WorkerLife life;

    private Spool(Path directory, FileChannel lock, WorkerLife life) {
        this.directory = directory;
        this.lock = lock;
        this.life = life;
    }

    /** What a launcher waits for: under which request, and the path as PostgreSQL gave it. */
    record Wanted(String request, String path) {}

    /**
     * Takes the spool, and empties it of answers by one that lives no more. Empty when another process has it.
     *
     * @throws PgkeepException {@code FILE_WRITE}, {@code PERMISSION} and the like
     */
    static Optional<Spool> take(Path directory, SpoolWorker worker) {
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    directory.resolve(worker.text() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                return Optional.empty();
            }
            Spool spool = new Spool(directory, channel, WorkerLife.ofThisProcess(worker));
            spool.clear();
            spool.delete(RETIRE);
            return Optional.of(spool);
        } catch (IOException e) {
            throw failure("write into " + directory, e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            // Released by close(), or by the end of the process.
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private void clear() throws IOException {
        for (String name : names()) {
            if (name.endsWith(OK) || name.endsWith(ERROR) || name.endsWith(ANSWER) || name.endsWith(TEMPORARY)) {
                delete(name);
            }
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    /** Says who has the spool now: its life, and these lines, the first of which is by whose command line. */
    void announce(List<String> lines) {
        List<String> all = new ArrayList<>(List.of(life.line()));
        all.addAll(lines);
        put(life.worker().text(), all);
    }

    /** The files of which there is one with this ending: {@link #WANTED}, {@link #DROPPED}. */
    List<String> filesWith(String ending) {
        try {
            List<String> found = new ArrayList<>();
            for (String name : names()) {
                if (name.endsWith(ending)) {
                    found.add(name.substring(0, name.length() - ending.length()));
                }
            }
            return found;
        } catch (IOException e) {
            throw failure("list " + directory, e);
        }
    }

    /** Whether somebody asks this process to make room for another. */
    boolean isRetired() {
        return Files.exists(directory.resolve(RETIRE));
    }

    /** Has launchers start only workers that are fast with ciphers. */
    void askForCiphers() {
        put(SEALED, List.of());
    }

    /** What a launcher waits for about this file. */
    Optional<Wanted> wanted(String file) {
        try {
            List<String> lines = Files.readAllLines(directory.resolve(file + WANTED), StandardCharsets.UTF_8);
            return lines.size() == 2 ? Optional.of(new Wanted(lines.getFirst(), lines.getLast())) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure("read " + directory.resolve(file + WANTED), e);
        }
    }

    /** The launcher that waits is answered. */
    void answered(String file) {
        remove(file + WANTED);
    }

    /** Writes a file under this name, at once. */
    void put(String name, List<String> lines) {
        Path temporary = directory.resolve(name + TEMPORARY);
        try {
            Files.writeString(temporary, String.join("\n", lines) + "\n");
            Files.move(
                    temporary,
                    directory.resolve(name),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failure("write " + directory.resolve(name), e);
        }
    }

    void remove(String name) {
        try {
            delete(name);
        } catch (IOException e) {
            throw failure("remove " + directory.resolve(name), e);
        }
    }

    private void delete(String name) throws IOException {
        boolean _ = Files.deleteIfExists(directory.resolve(name));
    }

    static PgkeepException failure(String what, IOException e) {
        return PgkeepException.ofIo(ErrorCode.FILE_WRITE, what, e);
    }

    Path directory() {
        return directory;
    }

    WorkerLife life() {
        return life;
    }

    /** Takes back what was said, and who said it: afterwards nobody lives here. */
    @Override
    public void close() {
        try (lock) {
            clear();
            delete(life.worker().text());
        } catch (IOException e) {
            throw failure("clear " + directory, e);
        }
    }
}
