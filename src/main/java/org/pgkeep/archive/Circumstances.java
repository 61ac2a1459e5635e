package org.pgkeep.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What an archiver's life is bound to: the server that runs on the data directory, if one does, and the configuration that it read. */
final class Circumstances {
    /** Process, directory and start of the server; what follows in the file changes while it runs. */
    private static final int LINES_OF_ONE_SERVER = 3;

    private final Path dataDirectory;
    private final List<Path> configuration;
    private final String before;

    Circumstances(Path dataDirectory, List<Path> configuration) {
        this.dataDirectory = dataDirectory;
        this.configuration = List.copyOf(configuration);
        this.before = now();
    }

    /** Whether they are others than they were. */
    boolean changed() {
        return !now().equals(before);
    }

    private String now() {
        StringBuilder text = new StringBuilder(server());
        for (Path file : configuration) {
            text.append('\n').append(modified(file));
        }
        return text.toString();
    }

    private String server() {
        try {
            // Not as UTF-8: the directory may have any name.
            List<String> lines =
                    Files.readAllLines(dataDirectory.resolve("postmaster.pid"), StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(0, Math.min(LINES_OF_ONE_SERVER, lines.size())));
        } catch (IOException e) {
            return "";
        }
    }

    private static String modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
