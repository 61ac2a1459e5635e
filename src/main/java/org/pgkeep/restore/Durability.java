package org.pgkeep.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.linux.LinuxFile;

/** Brings what was written to the disk. */
final class Durability {
    private Durability() {}

    /** Everything: with one call for each file system, or, where there is no such call, file by file. */
    static void sync(Plan plan) {
        Set<Object> synced = new HashSet<>();
        for (Path directory : directories(plan)) {
            if (synced.add(deviceOf(directory)) && !syncFileSystem(directory)) {
                syncEach(plan);
                return;
            }
        }
    }

    /** Every one that was written into: a file system may also be mounted inside the data directory. */
    private static List<Path> directories(Plan plan) {
        List<Path> directories = new ArrayList<>();
        plan.directories().forEach(directory -> directories.add(directory.location()));
        plan.fileLinks()
                .values()
                .forEach(link -> directories.add(link.destination().resolveSibling("")));
        return directories;
    }

    private static Object deviceOf(Path path) {
        try {
            return Files.getAttribute(path, "unix:dev");
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "find the file system of " + path, e);
        }
    }

    private static boolean syncFileSystem(Path path) {
        try (LinuxFile file = LinuxFile.open(path)) {
            return file.syncFileSystem();
        }
    }

    private static void syncEach(Plan plan) {
        for (int file = 0; file < plan.files().count(); file++) {
            sync(plan.files().location(file), StandardOpenOption.WRITE);
        }
        plan.directories().reversed().forEach(directory -> syncDirectory(directory.location()));
    }

    /** A directory: its names. */
    static void syncDirectory(Path directory) {
        sync(directory, StandardOpenOption.READ);
    }

    private static void sync(Path path, StandardOpenOption option) {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "sync " + path, e);
        }
    }
}
