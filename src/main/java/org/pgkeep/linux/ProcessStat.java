package org.pgkeep.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@code /proc/PID/stat} says of a process ({@code proc_pid_stat(5)}). Its number, when it began and {@link #boot} are together of no
 * other process, ever.
 *
 * @param state {@code R}, {@code S}, {@code Z} for a zombie, …
 * @param start when it began, in clock ticks since the boot
 */
public record ProcessStat(String state, String start) {
    private static final Path PROC = Path.of("/proc");

    // Fields behind the program's name, which is in parentheses and may hold anything.
    private static final int STATE = 0;
    private static final int START = 19;

    /**
     * Of a process.
     *
     * @throws IOException when there is none, or no {@code /proc}
     */
    public static ProcessStat of(long process) throws IOException {
        String text = Files.readString(PROC.resolve(Long.toString(process)).resolve("stat"));
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
        if (fields.length <= START) {
            throw new IOException("/proc/" + process + "/stat has " + fields.length + " fields");
        }
        return new ProcessStat(fields[STATE], fields[START]);
    }

    /**
     * Random, and new whenever the kernel starts.
     *
     * @throws IOException where there is no {@code /proc}
     */
    public static String boot() throws IOException {
        return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
    }
}
