package org.pgkeep.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.linux.ProcessStat;

/**
 * Which process of which running kernel an owner is, so that one that was killed need not be waited for. A number and a host's name do not
 * say that: numbers are used again, and containers may share a name. These three and the number do, on Linux; elsewhere, and where
 * {@code /proc} hides the processes of others, nobody is known to have ended.
 *
 * @param boot random, new whenever the kernel starts: {@code /proc/sys/kernel/random/boot_id}
 * @param namespace in which the process's number means something: {@code /proc/self/ns/pid}
 * @param start when the process began, in the kernel's ticks: field 22 of {@code /proc/PID/stat}
 */
public record Life(String boot, String namespace, String start) {
    private static final Path PROC = Path.of("/proc");
    private static final String SEPARATOR = "/";
    private static final int FIELDS = 3;

    /** The life of this process; empty where that cannot be told. */
    static Optional<Life> ofThisProcess() {
        return of(ProcessHandle.current().pid());
    }

    /** The life of a process that this one can see by its number. */
    static Optional<Life> of(long process) {
        try {
            String self = Long.toString(ProcessHandle.current().pid());
            // Otherwise /proc is of another namespace of processes than our number, or hides what is not ours.
            boolean ours =
                    Files.readSymbolicLink(PROC.resolve("self")).toString().equals(self);
            if (!ours || hidesProcesses()) {
                return Optional.empty();
            }
            return Optional.of(new Life(
                    ProcessStat.boot(),
                    Files.readSymbolicLink(PROC.resolve("self/ns/pid")).toString(),
                    ProcessStat.of(process).start()));
        } catch (IOException | RuntimeException e) {
            // Another operating system, or a /proc of another kind.
            return Optional.empty();
        }
    }

    private static boolean hidesProcesses() throws IOException {
        return Files.readAllLines(PROC.resolve("self/mounts")).stream()
                .filter(line -> line.contains(" " + PROC + " "))
                .anyMatch(line -> line.contains("hidepid=") && !line.contains("hidepid=0"));
    }

    /** Whether a process of this life and number has ended for certain; {@code false} when that cannot be known here. */
    boolean hasEnded(long process) {
        Optional<Life> here = ofThisProcess();
        if (here.isEmpty() || !boot.equals(here.get().boot) || !namespace.equals(here.get().namespace)) {
            return false;
        }
        Path directory = PROC.resolve(Long.toString(process));
        try {
            ProcessStat stat = ProcessStat.of(process);
            return !stat.start().equals(start) || (stat.state().equals("Z") && isAlone(directory));
        } catch (IOException | RuntimeException e) {
            return !Files.exists(directory);
        }
    }

    /** Of a process whose parent does not look after it the name stays; its other threads may still be at their last call. */
    private static boolean isAlone(Path directory) throws IOException {
        try (Stream<Path> threads = Files.list(directory.resolve("task"))) {
            return threads.count() <= 1;
        }
    }

    /** As {@link #toString} printed it; empty when it is nothing of the kind. */
    static Optional<Life> parse(String text) {
        String[] fields = text.split(SEPARATOR, -1);
        return fields.length == FIELDS ? Optional.of(new Life(fields[0], fields[1], fields[2])) : Optional.empty();
    }

    @Override
    public String toString() {
        return boot + SEPARATOR + namespace + SEPARATOR + start;
    }
}
