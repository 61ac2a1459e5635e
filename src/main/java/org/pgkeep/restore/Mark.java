package org.pgkeep.restore;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Label;

/**
 * The file {@code pgkeep.restore} in a data directory that is being restored. It says that what is there is pgkeep's own and not
 * complete, and which directories outside belong to it, so that the next run may empty them. Locked as long as a run lives,
 * against a second one.
 */
final class Mark implements AutoCloseable {
    static final String NAME = "pgkeep.restore";
    private static final String DIRECTORY = "directory ";

    private final Path file;
    private final FileChannel channel;

    private Mark(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** The directories that an interrupted restore wrote to outside its data directory; empty when there was none. */
    static Optional<Set<Path>> find(Path target) {
        Path file = target.resolve(NAME);
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII);
            // A last line without its end was cut off while it was written, before anything else was.
            return Optional.of(text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .filter(line -> line.startsWith(DIRECTORY))
                    .map(line -> Path.of(URI.create("file://" + line.substring(DIRECTORY.length()))))
                    .collect(Collectors.toCollection(LinkedHashSet::new)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }

    /**
     * Marks a data directory, durably.
     *
     * @throws PgkeepException {@code HELD} when another restore into it runs
     */
    static Mark set(Path target, Label label, Set<Path> directories) {
        Path file = target.resolve(NAME);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (lock(channel) == null) {
                    throw new PgkeepException(
                            ErrorCode.HELD,
                            "another restore into " + target + " is running",
                            "Wait until it ends, or restore into another directory.");
                }
                write(channel, label, directories);
                return new Mark(file, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    private static void write(FileChannel channel, Label label, Set<Path> directories) throws IOException {
        StringBuilder text = new StringBuilder("pgkeep is restoring backup " + label
                + " into this directory. If it was interrupted, run the same command again.\n");
        for (Path directory : directories) {
            text.append(DIRECTORY).append(directory.toUri().getRawPath()).append('\n');
        }
        channel.truncate(0);
        ByteBuffer content = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
        while (content.hasRemaining()) {
            int _ = channel.write(content);
        }
        channel.force(true);
    }

    /** The restore is complete. */
    void remove() {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "remove " + file, e);
        }
    }

    /** Gives the lock up; an incomplete restore stays marked. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "close " + file, e);
        }
    }
}
