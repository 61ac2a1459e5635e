package org.pgkeep.archive;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import org.pgkeep.linux.Advice;
import org.pgkeep.linux.LinuxFile;

/**
 * What a recovering server took from a prefetcher: it reads each file once. So the page cache need not keep what it is done with; what comes next
 * gets the same memory again instead of driving out the pages of tables. All of it is advice: where it cannot be given nothing changes. Not
 * thread-safe.
 */
final class SpentFiles implements AutoCloseable {
    /** With the next of them the server is done with the one before; it may look ahead into one. */
    private static final int IN_USE = 2;

    private final Map<String, LinuxFile> held = new HashMap<>();
    private final Queue<LinuxFile> taken = new ArrayDeque<>();

    /**
     * The server will take this file next, or soon: under which name it has it then nobody knows. It is on its way to the disk from now on, for only what
     * is there can be dropped.
     */
    void hold(String name, Path file) {
        if (held.containsKey(name)) {
            return;
        }
        LinuxFile opened = LinuxFile.open(file);
        if (opened.startWriteBack(0, 0)) {
            held.put(name, opened);
        } else {
            opened.close();
        }
    }

    /** Nobody will take it. */
    void forget(String name) {
        LinuxFile file = held.remove(name);
        if (file != null) {
            file.close();
        }
    }

    /** It took it. */
    void taken(String name) {
        LinuxFile file = held.remove(name);
        if (file != null) {
            taken.add(file);
        }
        while (taken.size() > IN_USE) {
            drop(taken.remove());
        }
    }

    /** Looks which are gone: what tells of it may get lost. */
    void look(Function<String, Path> path) {
        for (String name : List.copyOf(held.keySet())) {
            if (!Files.exists(path.apply(name))) {
                taken(name);
            }
        }
    }

    private static void drop(LinuxFile file) {
        boolean _ = file.advise(Advice.DONT_NEED, 0, 0);
        file.close();
    }

    @Override
    public void close() {
        held.values().forEach(LinuxFile::close);
        taken.forEach(SpentFiles::drop);
    }
}
