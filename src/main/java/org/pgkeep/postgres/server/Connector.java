package org.pgkeep.postgres.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.newsclub.net.unix.AFUNIXSocketFactory;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Opens a pgjdbc connection from {@link ConnectionSettings}; no pool, no global driver registry. */
final class Connector {
    /** The oldest server ever asked for: lets pgjdbc send the application's name with the login, without a round trip. */
    private static final String OLDEST_SERVER = "9.4";

    /** A server that says nothing for so long while one logs in for replication is gone ({@code wal_receiver_timeout}'s default). */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** One of several servers may be down, and its machine say nothing at all. */
    private static final Duration CONNECT_LONGEST = Duration.ofSeconds(10);

    private Connector() {}

    /** A logged-in connection in autocommit mode. */
    static Connection open(ConnectionSettings settings, String applicationName) {
        try {
            return connect(settings, properties(settings, applicationName));
        } catch (SQLException e) {
            throw ServerErrors.ofConnect(settings, e);
        }
    }

    /** A connection to a WAL sender, over a {@link PatientSocket}; its name is the caller's, whatever the environment says. */
    static Connection openForReplication(ConnectionSettings settings, String applicationName) {
        Properties properties = properties(settings, applicationName);
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        PGProperty.REPLICATION.set(properties, "true");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.SOCKET_FACTORY.set(properties, PatientSocketFactory.class.getName());
        PGProperty.SOCKET_FACTORY_ARG.set(properties, settings.socketFile().orElse(""));
        // The driver logs in on a thread of its own when it is to wait for a login: the socket would not find its way
        // here.
        PGProperty.LOGIN_TIMEOUT.set(properties, 0);
        if (settings.connectTimeout().isZero()) {
            PGProperty.CONNECT_TIMEOUT.set(properties, Math.toIntExact(CONNECT_LONGEST.toSeconds()));
        }
        PGProperty.SOCKET_TIMEOUT.set(properties, Math.toIntExact(PATIENCE.toSeconds()));
        try {
            return connect(settings, properties);
        } catch (SQLException e) {
            throw ServerErrors.ofReplication(settings, e);
        }
    }

    private static Connection connect(ConnectionSettings settings, Properties properties) throws SQLException {
        Connection connection = new Driver().connect(url(settings), properties);
        if (connection == null) {
            throw new PgkeepException(ErrorCode.BUG, "the driver does not know " + url(settings));
        }
        return connection;
    }

    private static String url(ConnectionSettings settings) {
        // The driver wants a host name even when the socket factory ignores it.
        String host = settings.isUnixSocket() ? "localhost" : settings.host();
        String bracketed = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
        String database = URLEncoder.encode(settings.database(), StandardCharsets.UTF_8);
        return "jdbc:postgresql://" + bracketed + ":" + settings.port() + "/" + database;
    }

    private static Properties properties(ConnectionSettings settings, String applicationName) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, settings.user());
        // Never left out: the driver would look for a password file by itself, without libpq's check of its
        // permissions.
        PGProperty.PASSWORD.set(properties, settings.password().orElse(""));
        PGProperty.APPLICATION_NAME.set(properties, settings.applicationName().orElse(applicationName));
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, OLDEST_SERVER);
        PGProperty.GSS_ENC_MODE.set(properties, "disable");
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        int timeoutSeconds = Math.toIntExact(settings.connectTimeout().toSeconds());
        PGProperty.CONNECT_TIMEOUT.set(properties, timeoutSeconds);
        PGProperty.LOGIN_TIMEOUT.set(properties, timeoutSeconds);
        if (settings.isUnixSocket()) {
            PGProperty.SOCKET_FACTORY.set(properties, AFUNIXSocketFactory.FactoryArg.class.getName());
            PGProperty.SOCKET_FACTORY_ARG.set(properties, settings.socketFile().orElseThrow());
            PGProperty.SSL_MODE.set(properties, "disable");
        } else {
            setSsl(settings.ssl(), properties);
        }
        return properties;
    }

    private static void setSsl(SslSettings ssl, Properties properties) {
        PGProperty.SSL_MODE.set(properties, ssl.effectiveMode());
        ssl.rootCert().ifPresent(file -> PGProperty.SSL_ROOT_CERT.set(properties, file));
        ssl.cert().ifPresent(file -> PGProperty.SSL_CERT.set(properties, file));
        ssl.key().ifPresent(file -> PGProperty.SSL_KEY.set(properties, file));
        ssl.keyAlgorithm().ifPresent(name -> PGProperty.PEM_KEY_ALGORITHM.set(properties, name));
    }
}
