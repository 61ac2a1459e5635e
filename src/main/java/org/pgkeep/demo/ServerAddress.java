package org.pgkeep.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.newsclub.net.unix.AFUNIXSocketFactory;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Where a throw-away server listens: a Unix socket in a directory of its own with a short name, and 127.0.0.1 if wanted.
 *
 * @param socketDirectory the socket's directory
 * @param port of TCP when it listens there, always part of the socket's name
 * @param tcp whether it listens on 127.0.0.1, too
 */
record ServerAddress(Path socketDirectory, int port, boolean tcp) {
    /** {@code sun_path} of a Unix socket address, without its final zero. */
    private static final int SOCKET_PATH_BYTES_MAX = 107;

    private static final int DEFAULT_PORT = 5432;

    ServerAddress {
        if (socketFile(socketDirectory, port).getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_BYTES_MAX) {
            throw new PgkeepException(
                    ErrorCode.PATH_MISSING, "too long for a socket: " + socketFile(socketDirectory, port));
        }
    }

    /** An address that nobody has yet; the directory is the server's user's. */
    static ServerAddress fresh(RunAs runAs, boolean tcp) {
        try {
            Path root = Path.of("/tmp");
            Path directory =
                    Files.isWritable(root) ? Files.createTempDirectory(root, "pgk") : Files.createTempDirectory("pgk");
            runAs.own(directory);
            return new ServerAddress(directory, tcp ? freePort() : DEFAULT_PORT, tcp);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create a temporary directory", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The server's command line options that make it listen there, whatever its configuration says. */
    String options() {
        return "-k " + socketDirectory + " -p " + port + " -h " + (tcp ? "127.0.0.1" : "''");
    }

    /** A new connection as superuser through the socket, in autocommit mode. */
    Connection connect(String database) {
        String socket = socketFile(socketDirectory, port);
        Properties properties = new Properties();
        PGProperty.USER.set(properties, "postgres");
        PGProperty.PASSWORD.set(properties, "");
        PGProperty.SSL_MODE.set(properties, "disable");
        PGProperty.GSS_ENC_MODE.set(properties, "disable");
        PGProperty.SOCKET_FACTORY.set(properties, AFUNIXSocketFactory.FactoryArg.class.getName());
        PGProperty.SOCKET_FACTORY_ARG.set(properties, socket);
        try {
            Connection connection = new Driver().connect("jdbc:postgresql://localhost/" + database, properties);
            if (connection == null) {
                throw new PgkeepException(ErrorCode.BUG, "the driver does not know its own address");
            }
            return connection;
        } catch (SQLException e) {
            throw new PgkeepException(ErrorCode.CONNECT, "cannot connect to " + socket + ": " + e.getMessage())
                    .causedBy(e);
        }
    }

    private static String socketFile(Path directory, int port) {
        return directory + "/.s.PGSQL." + port;
    }
}
