package org.pgkeep.postgres.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

/** Completes a {@link ConnectionRequest}, source by source ({@code conninfo_add_defaults}, {@code fe-connect.c}). */
final class ConnectionResolver {
    private static final int DEFAULT_PORT = 5432;

    private final ConnectionRequest request;
    private final ClientEnvironment environment;
    private final Progress progress;
    private final Map<String, String> service;

    ConnectionResolver(ConnectionRequest request, ClientEnvironment environment, Progress progress) {
        this.request = request;
        this.environment = environment;
        this.progress = progress;
        this.service = environment
                .variable("PGSERVICE")
                .map(name -> ServiceFile.find(name, environment))
                .orElse(Map.of());
    }

    ConnectionSettings resolve() {
        Optional<PostmasterPid> running = request.pgdata().flatMap(PostmasterPid::read);
        Optional<String> givenHost = request.host()
                .or(() -> fromServiceOr("hostaddr", "PGHOSTADDR"))
                .or(() -> fromServiceOr("host", "PGHOST"));
        // A host given without a port means the default port there, not the port of some server on this machine.
        Optional<PostmasterPid> local = givenHost.isEmpty() ? running : Optional.empty();
        String host = givenHost
                .or(() -> local.flatMap(PostmasterPid::reachableHost))
                .orElseGet(() -> environment.defaultSocketDirectory().toString());
        int port = request.port()
                .or(() -> fromServiceOr("port", "PGPORT").map(text -> number("port", text)))
                .or(() -> local.map(PostmasterPid::port))
                .orElse(DEFAULT_PORT);
        String user = request.user().or(() -> fromServiceOr("user", "PGUSER")).orElseGet(environment::osUser);
        String database = request.database()
                .or(() -> fromServiceOr("dbname", "PGDATABASE"))
                .orElse("postgres");
        return new ConnectionSettings(
                host,
                port,
                user,
                database,
                password(host, port, database, user),
                fromServiceOr("application_name", "PGAPPNAME"),
                ssl(),
                connectTimeout());
    }

    private Optional<String> password(String host, int port, String database, String user) {
        return request.password()
                .or(() -> fromServiceOr("password", "PGPASSWORD"))
                .or(() -> {
                    Path file = fromServiceOr("passfile", "PGPASSFILE")
                            .map(Path::of)
                            .orElseGet(() -> environment.home().resolve(".pgpass"));
                    String name =
                            host.startsWith("/") && environment.isDefaultSocketDirectory(host) ? "localhost" : host;
                    return new PasswordFile(file, progress).find(name, port, database, user);
                });
    }

    private SslSettings ssl() {
        return new SslSettings(
                fromServiceOr("sslmode", "PGSSLMODE").orElse("prefer"),
                fromServiceOr("sslrootcert", "PGSSLROOTCERT").or(() -> inHome("root.crt")),
                fromServiceOr("sslcert", "PGSSLCERT").or(() -> inHome("postgresql.crt")),
                fromServiceOr("sslkey", "PGSSLKEY").or(() -> inHome("postgresql.key")));
    }

    /** The driver would take some of these by itself, but of other names, and from a home directory that HOME does not change. */
    private Optional<String> inHome(String name) {
        return Optional.of(environment.home().resolve(".postgresql").resolve(name))
                .filter(Files::exists)
                .map(Path::toString);
    }

    private Duration connectTimeout() {
        int seconds = fromServiceOr("connect_timeout", "PGCONNECT_TIMEOUT")
                .map(text -> number("connect_timeout", text))
                .orElse(0);
        return Duration.ofSeconds(Math.max(0, seconds));
    }

    private Optional<String> fromServiceOr(String key, String variable) {
        return Optional.ofNullable(service.get(key)).or(() -> environment.variable(variable));
    }

    private static int number(String name, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new PgkeepException(ErrorCode.CONFIG, name + " '" + text + "' is not a number").causedBy(e);
        }
    }
}
