package org.pgkeep.postgres.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a libpq client looks at around itself.
 *
 * @param variables environment variables
 * @param home the user's home directory, where {@code .pgpass} and {@code .pg_service.conf} are
 * @param osUser the operating system's user name: the default role, and who a peer-authenticated socket sees
 * @param socketDirectories where a server's Unix socket may be by default, in the order tried; not empty
 */
public record ClientEnvironment(Map<String, String> variables, Path home, String osUser, List<Path> socketDirectories) {

    /** Debian and Red Hat build PostgreSQL with the first, its own default is the second. */
    private static final List<Path> SOCKET_DIRECTORIES = List.of(Path.of("/var/run/postgresql"), Path.of("/tmp"));

    public ClientEnvironment {
        variables = Map.copyOf(variables);
        socketDirectories = List.copyOf(socketDirectories);
    }

    /** The environment of this process. */
    public static ClientEnvironment ofThisProcess() {
        Map<String, String> variables = System.getenv();
        // libpq prefers HOME over the password database since 14, so that a service can be pointed elsewhere.
        String home = variables.getOrDefault("HOME", System.getProperty("user.home", "/"));
        return new ClientEnvironment(
                variables, Path.of(home), System.getProperty("user.name", "postgres"), SOCKET_DIRECTORIES);
    }

    /** A variable's value; one set to nothing counts as not set, as in libpq. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    /** The first default socket directory that exists. */
    Path defaultSocketDirectory() {
        return socketDirectories.stream().filter(Files::isDirectory).findFirst().orElse(socketDirectories.getFirst());
    }

    /** Whether this host is a directory that libpq treats as {@code localhost} in {@code .pgpass}. */
    boolean isDefaultSocketDirectory(String host) {
        return socketDirectories.contains(Path.of(host));
    }
}
