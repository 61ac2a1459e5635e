package org.pgkeep.postgres.server;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the caller says about the server to connect to. What is left open is resolved as libpq would
 * ({@link ConnectionSettings#resolve}).
 *
 * @param host host name or address, or the directory of the Unix socket when it starts with {@code /}
 * @param port 1 to 65535
 * @param user the database role
 * @param database the database to connect to
 * @param password the role's password; left open where peer authentication or {@code .pgpass} serves
 * @param pgdata the server's data directory, when it is on this machine: its {@code postmaster.pid} tells socket and port
 */
public record ConnectionRequest(
        Optional<String> host,
        Optional<Integer> port,
        Optional<String> user,
        Optional<String> database,
        Optional<String> password,
        Optional<Path> pgdata) {

    /** Nothing is known. */
    public static ConnectionRequest none() {
        return new ConnectionRequest(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Never shows the password. */
    @Override
    public String toString() {
        return "ConnectionRequest[host=" + host + ", port=" + port + ", user=" + user + ", database=" + database
                + ", pgdata=" + pgdata + "]";
    }

    /** The same with this host or socket directory. */
    public ConnectionRequest withHost(String value) {
        return new ConnectionRequest(Optional.of(value), port, user, database, password, pgdata);
    }

    /** The same with this port. */
    public ConnectionRequest withPort(int value) {
        return new ConnectionRequest(host, Optional.of(value), user, database, password, pgdata);
    }

    /** The same with this role. */
    public ConnectionRequest withUser(String value) {
        return new ConnectionRequest(host, port, Optional.of(value), database, password, pgdata);
    }

    /** The same with this database. */
    public ConnectionRequest withDatabase(String value) {
        return new ConnectionRequest(host, port, user, Optional.of(value), password, pgdata);
    }

    /** The same with this password. */
    public ConnectionRequest withPassword(String value) {
        return new ConnectionRequest(host, port, user, database, Optional.of(value), pgdata);
    }

    /** The same with this data directory. */
    public ConnectionRequest withPgdata(Path value) {
        return new ConnectionRequest(host, port, user, database, password, Optional.of(value));
    }
}
