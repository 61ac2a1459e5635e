package org.pgkeep.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** What an archiver says of files in its {@link Spool}: stored, not stored, or given up. */
record Acknowledgements(Spool spool) {
    /**
     * Says that a file is durable in the repository.
     *
     * @param modified the time of modification of what was stored
     * @throws PgkeepException {@code FILE_WRITE} when this file system cannot hold that time: then no acknowledgement could be believed
     */
    void acknowledge(String file, FileTime modified, List<String> warnings) {
        List<String> lines = new ArrayList<>(List.of(spool.life().line()));
        warnings.forEach(warning -> lines.add(warning.replace('\n', ' ')));
        Path target = path(file + Spool.OK);
        Path temporary = path(file + Spool.OK + Spool.TEMPORARY);
        try {
            Files.writeString(temporary, String.join("\n", lines) + "\n");
            Files.setLastModifiedTime(temporary, modified);
            requireTime(temporary, modified);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Spool.failure("write " + target, e);
        }
        spool.answered(file);
    }

    private static void requireTime(Path file, FileTime wanted) throws IOException {
        if (!Files.getLastModifiedTime(file).equals(wanted)) {
            throw new PgkeepException(
                    ErrorCode.FILE_WRITE,
                    "the file system of " + file.getParent() + " does not keep times to the nanosecond",
                    "Choose a --spool-path on a file system that does, such as ext4, xfs or tmpfs.");
        }
    }

    /** Whether this archiver said so already, about the file as it is. */
    boolean isAcknowledged(String file, FileTime modified) {
        try {
            return Files.getLastModifiedTime(path(file + Spool.OK)).equals(modified);
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes an acknowledgement back. */
    void forget(String file) {
        spool.remove(file + Spool.OK);
    }

    /** Answers the launcher that waits for a file, if one does, that it is not stored. */
    void refuse(String file, int status, String message) {
        Optional<Spool.Wanted> wanted = spool.wanted(file);
        wanted.ifPresent(
                asked -> spool.put(file + Spool.ERROR, List.of(asked.request(), Integer.toString(status), message)));
        spool.answered(file);
    }

    /** Notes that a file is given up; durable when this returns. */
    void drop(String file, String why) {
        spool.put(file + Spool.DROPPED, List.of(why));
        try {
            sync(path(file + Spool.DROPPED));
            sync(spool.directory());
        } catch (IOException e) {
            throw Spool.failure("write " + path(file + Spool.DROPPED), e);
        }
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The files that were given up. */
    List<String> dropped() {
        return spool.filesWith(Spool.DROPPED);
    }

    /** Why a file was given up. */
    String whyDropped(String file) {
        try {
            return Files.readString(path(file + Spool.DROPPED)).strip();
        } catch (IOException e) {
            throw Spool.failure("read " + path(file + Spool.DROPPED), e);
        }
    }

    /** The gap is recorded, or is none. */
    void recorded(String file) {
        spool.remove(file + Spool.DROPPED);
    }

    private Path path(String name) {
        return spool.directory().resolve(name);
    }
}
