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
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The directory in which the archiver and the launcher's shell script talk ({@code docs/formats/spool.md}): the archiver's side. Closed,
 * the lock is free.
 */
final class Spool implements AutoCloseable {
    static final String OK = ".ok";
    static final String ERROR = ".error";
    static final String WANTED = ".wanted";
    static final String DROPPED = ".dropped";
    static final String RETIRE = "retire";
    static final String ARCHIVER = "archiver";
    private static final String TEMPORARY = ".tmp";

    private final Path directory;
    private final FileChannel lock;
    private final ArchiverLife life;

    private Spool(Path directory, FileChannel lock, ArchiverLife life) {
        this.directory = directory;
        this.lock = lock;
        this.life = life;
    }

    /** What a launcher waits for: under which request, and the path as PostgreSQL gave it. */
    record Wanted(String request, String path) {}

    /**
     * Takes the spool, empties it of what an archiver left that lives no more, and says who it is now. Empty when another archiver has it.
     *
     * @param call by whose command line
     * @throws PgkeepException {@code FILE_WRITE}, {@code PERMISSION} and the like
     */
    static Optional<Spool> take(Path directory, String call) {
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    directory.resolve("archiver.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                return Optional.empty();
            }
            Spool spool = new Spool(directory, channel, ArchiverLife.ofThisProcess());
            spool.clear();
            spool.delete(RETIRE);
            spool.put(ARCHIVER, List.of(spool.life.line(), call), Optional.empty());
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
            if (name.endsWith(OK) || name.endsWith(ERROR) || name.endsWith(TEMPORARY)) {
                delete(name);
            }
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
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

    /** Whether somebody asks this archiver to make room for another. */
    boolean isRetired() {
        return Files.exists(directory.resolve(RETIRE));
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

    /**
     * Says that a file is durable in the repository.
     *
     * @param modified the time of modification of what was stored
     * @throws PgkeepException {@code FILE_WRITE} when this file system cannot hold that time: then no acknowledgement could be believed
     */
    void acknowledge(String file, FileTime modified, List<String> warnings) {
        List<String> lines = new ArrayList<>(List.of(life.line()));
        warnings.forEach(warning -> lines.add(warning.replace('\n', ' ')));
        try {
            put(file + OK, lines, Optional.of(modified));
            delete(file + WANTED);
        } catch (IOException e) {
            throw failure("write " + directory.resolve(file + OK), e);
        }
    }

    /** Whether this archiver said so already, about the file as it is. */
    boolean isAcknowledged(String file, FileTime modified) {
        Path ok = directory.resolve(file + OK);
        try {
            return Files.getLastModifiedTime(ok).equals(modified);
        } catch (IOException e) {
            return false;
        }
    }

    /** Answers the launcher that waits for a file, if one does, that it is not stored. */
    void refuse(String file, int status, String message) {
        Optional<Wanted> wanted = wanted(file);
        try {
            if (wanted.isPresent()) {
                put(file + ERROR, List.of(wanted.get().request(), Integer.toString(status), message), Optional.empty());
            }
            delete(file + WANTED);
        } catch (IOException e) {
            throw failure("write " + directory.resolve(file + ERROR), e);
        }
    }

    /** The launcher that waits is answered already. */
    void answered(String file) {
        remove(file + WANTED);
    }

    /** Takes an acknowledgement back. */
    void forget(String file) {
        remove(file + OK);
    }

    /** Notes that a file is given up; durable when this returns. */
    void drop(String file, String why) {
        try {
            Path target = directory.resolve(file + DROPPED);
            put(file + DROPPED, List.of(why), Optional.empty());
            sync(target);
            sync(directory);
        } catch (IOException e) {
            throw failure("write " + directory.resolve(file + DROPPED), e);
        }
    }

    /** Why a file was given up. */
    String whyDropped(String file) {
        try {
            return Files.readString(directory.resolve(file + DROPPED)).strip();
        } catch (IOException e) {
            throw failure("read " + directory.resolve(file + DROPPED), e);
        }
    }

    /** The gap is recorded, or is none. */
    void dropped(String file) {
        remove(file + DROPPED);
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void put(String name, List<String> lines, Optional<FileTime> modified) throws IOException {
        Path target = directory.resolve(name);
        Path temporary = directory.resolve(name + TEMPORARY);
        Files.writeString(temporary, String.join("\n", lines) + "\n");
        if (modified.isPresent()) {
            Files.setLastModifiedTime(temporary, modified.get());
            requireTime(temporary, modified.get());
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void requireTime(Path file, FileTime wanted) throws IOException {
        if (!Files.getLastModifiedTime(file).equals(wanted)) {
            throw new PgkeepException(
                    ErrorCode.FILE_WRITE,
                    "the file system of " + file.getParent() + " does not keep times to the nanosecond",
                    "Choose a --spool-path on a file system that does, such as ext4, xfs or tmpfs.");
        }
    }

    private void remove(String name) {
        try {
            delete(name);
        } catch (IOException e) {
            throw failure("remove " + directory.resolve(name), e);
        }
    }

    private void delete(String name) throws IOException {
        boolean _ = Files.deleteIfExists(directory.resolve(name));
    }

    private static PgkeepException failure(String what, IOException e) {
        return PgkeepException.ofIo(ErrorCode.FILE_WRITE, what, e);
    }

    Path directory() {
        return directory;
    }

    /** Takes back what was said, and who said it: afterwards no archiver lives here. */
    @Override
    public void close() {
        try (lock) {
            clear();
            delete(ARCHIVER);
        } catch (IOException e) {
            throw failure("clear " + directory, e);
        }
    }
}
