package org.pgkeep.postgres.server;

import java.time.Duration;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

/**
 * Where the server is and who asks: everything needed to log in.
 *
 * @param host host name or address, or the directory of the Unix socket when it starts with {@code /}
 * @param port 1 to 65535; for a Unix socket it is part of the socket's name
 * @param user the database role
 * @param database the database to connect to
 * @param password the role's password, unless the server trusts the operating system's user
 * @param applicationName what {@code pg_stat_activity} shows, when not {@code pgkeep} and the command
 * @param ssl how TCP is encrypted
 * @param connectTimeout the longest wait for a connection; zero waits as long as the operating system does
 */
public record ConnectionSettings(
        String host,
        int port,
        String user,
        String database,
        Optional<String> password,
        Optional<String> applicationName,
        SslSettings ssl,
        Duration connectTimeout) {

    public ConnectionSettings {
        if (port < 1 || port > 65535) {
            throw new PgkeepException(ErrorCode.CONFIG, "port " + port + " is not between 1 and 65535");
        }
        if (host.isEmpty() || host.indexOf(',') >= 0) {
            throw new PgkeepException(
                    ErrorCode.CONFIG,
                    "host '" + host + "' does not name one server",
                    "A backup is of one server: give one host name or one socket directory.");
        }
    }

    /**
     * Completes a request as libpq does. First wins: the request, the service file ({@code PGSERVICE}), the {@code PG*}
     * variables, {@code postmaster.pid} of the request's data directory, the defaults. Problems that libpq only warns of,
     * such as a {@code .pgpass} that others may read, are warnings here, too.
     *
     * @throws PgkeepException {@code CONFIG} when a value cannot be used or a service is not defined
     */
    public static ConnectionSettings resolve(
            ConnectionRequest request, ClientEnvironment environment, Progress progress) {
        return new ConnectionResolver(request, environment, progress).resolve();
    }

    /** Whether the host is the directory of a Unix socket. */
    public boolean isUnixSocket() {
        return host.startsWith("/");
    }

    /** The Unix socket's file, when there is one ({@code UNIXSOCK_PATH}, {@code libpq/pqcomm.h}). */
    public Optional<String> socketFile() {
        return isUnixSocket() ? Optional.of(host + "/.s.PGSQL." + port) : Optional.empty();
    }

    /** For messages: {@code "user@host:port/database"}, never the password. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
