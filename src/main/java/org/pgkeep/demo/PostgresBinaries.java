package org.pgkeep.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;

/**
 * PostgreSQL's server programs.
 *
 * @param directory holds {@code initdb}, {@code pg_ctl} and {@code postgres}
 * @param version as the programs say it: {@code 17.11}, {@code 9.6.24}
 * @param major its major version
 */
public record PostgresBinaries(Path directory, String version, MajorVersion major) {
    private static final Pattern VERSION = Pattern.compile("PostgreSQL\\) ((9\\.\\d+|\\d+)[.\\w]*)");
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Where packagers put them, one directory per major version. */
    private static final List<String> PACKAGED = List.of("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin");

    /** The programs in a directory; empty when they are not there or of a version that pgkeep does not know. */
    public static Optional<PostgresBinaries> in(Path directory) {
        for (String program : List.of("initdb", "pg_ctl", "postgres")) {
            if (!Files.isExecutable(directory.resolve(program))) {
                return Optional.empty();
            }
        }
        Path home = realDirectory(directory);
        String command = home.resolve("postgres").toString();
        String answer = ProgramRun.of(List.of(command, "--version"), home, Map.of(), LONGEST)
                .out();
        Matcher matcher = VERSION.matcher(answer);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String version = matcher.group(1);
        return MajorVersion.ofText(matcher.group(2)).map(major -> new PostgresBinaries(home, version, major));
    }

    /** Where links such as those in {@code /usr/local/bin} lead: the other programs of that version are there. */
    private static Path realDirectory(Path directory) {
        try {
            Path parent = directory.resolve("postgres").toRealPath().getParent();
            return parent == null ? directory : parent;
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "find the programs in " + directory, e);
        }
    }

    /**
     * The programs found on this machine: {@code PGKEEP_POSTGRES_BIN} when set, else on {@code PATH}, else the newest that a
     * package installed.
     */
    public static Optional<PostgresBinaries> onThisMachine(Map<String, String> environment) {
        String named = environment.getOrDefault("PGKEEP_POSTGRES_BIN", "");
        if (!named.isEmpty()) {
            return Optional.of(in(Path.of(named))
                    .orElseThrow(() -> new PgkeepException(
                            ErrorCode.PATH_MISSING,
                            "no initdb, pg_ctl and postgres of a known version in PGKEEP_POSTGRES_BIN=" + named)));
        }
        String path = environment.getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(part -> part.startsWith("/"))
                .flatMap(part -> in(Path.of(part)).stream())
                .findFirst()
                .or(PostgresBinaries::newestPackaged);
    }

    private static Optional<PostgresBinaries> newestPackaged() {
        return PACKAGED.stream()
                .flatMap(PostgresBinaries::matching)
                .flatMap(directory -> in(directory).stream())
                .max(Comparator.comparing(PostgresBinaries::major));
    }

    /** The directories that match a pattern with one star in it. */
    private static Stream<Path> matching(String pattern) {
        int star = pattern.indexOf('*');
        int before = pattern.lastIndexOf('/', star);
        int after = pattern.indexOf('/', star);
        Path parent = Path.of(pattern.substring(0, before));
        if (!Files.isDirectory(parent)) {
            return Stream.empty();
        }
        String glob = pattern.substring(before + 1, after);
        try (var children = Files.newDirectoryStream(parent, glob)) {
            return StreamSupport.stream(children.spliterator(), false)
                    .map(child -> child.resolve(pattern.substring(after + 1)))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "list " + parent, e);
        }
    }

    /** The path of a program. */
    public String program(String name) {
        return directory.resolve(name).toString();
    }
}
