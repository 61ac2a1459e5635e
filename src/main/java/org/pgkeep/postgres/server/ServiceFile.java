package org.pgkeep.postgres.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Connection service files: sections of {@code key=value} lines, one per service (documentation, "The Connection Service
 * File"; {@code parseServiceFile}, {@code fe-connect.c}). Keys that pgkeep has no use for are passed over.
 */
final class ServiceFile {
    /** Where packagers of PostgreSQL put the system-wide file when {@code PGSYSCONFDIR} is not set. */
    private static final List<Path> SYSTEM_DIRECTORIES = List.of(
            Path.of("/etc/postgresql-common"), Path.of("/etc/sysconfig/pgsql"), Path.of("/usr/local/pgsql/etc"));

    private ServiceFile() {}

    /** The settings of a service, the user's file before the system's. */
    static Map<String, String> find(String service, ClientEnvironment environment) {
        for (Path file : candidates(environment)) {
            Optional<Map<String, String>> found = Files.isReadable(file) ? section(file, service) : Optional.empty();
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new PgkeepException(
                ErrorCode.CONFIG,
                "service '" + service + "' is not defined",
                "Define it in ~/.pg_service.conf, or name the file in PGSERVICEFILE.");
    }

    private static List<Path> candidates(ClientEnvironment environment) {
        List<Path> files = new ArrayList<>();
        files.add(environment
                .variable("PGSERVICEFILE")
                .map(Path::of)
                .orElseGet(() -> environment.home().resolve(".pg_service.conf")));
        environment
                .variable("PGSYSCONFDIR")
                .map(Path::of)
                .map(List::of)
                .orElse(SYSTEM_DIRECTORIES)
                .forEach(directory -> files.add(directory.resolve("pg_service.conf")));
        return files;
    }

    private static Optional<Map<String, String>> section(Path file, String service) {
        Map<String, String> settings = new HashMap<>();
        boolean found = false;
        boolean inside = false;
        int number = 0;
        for (String raw : lines(file)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("[")) {
                if (found) {
                    break;
                }
                inside = line.equals("[" + service + "]");
                found = inside;
            } else if (inside) {
                int equals = line.indexOf('=');
                if (equals < 1) {
                    throw new PgkeepException(
                            ErrorCode.CONFIG, "syntax error in service file " + file + ", line " + number);
                }
                // libpq keeps the first of two equal keys.
                settings.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return found ? Optional.of(settings) : Optional.empty();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.CONFIG, "read service file " + file, e);
        }
    }
}
