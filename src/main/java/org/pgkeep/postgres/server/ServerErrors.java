package org.pgkeep.postgres.server;

import java.io.IOException;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What the server or the driver refuses, as the error of the table that fits (SQLSTATEs: documentation, appendix A). */
final class ServerErrors {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String WRONG_STATE = "55000";
    private static final String QUERY_CANCELED = "57014";

    private static final Pattern PLAIN_IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]*");

    private ServerErrors() {}

    /** A login that failed. */
    static PgkeepException ofConnect(ConnectionSettings settings, SQLException cause) {
        String message = "cannot connect to " + where(settings) + ": " + reason(cause);
        return new PgkeepException(ErrorCode.CONNECT, message, connectHint(settings, cause)).causedBy(cause);
    }

    /** A login to a WAL sender that failed. */
    static PgkeepException ofReplication(ConnectionSettings settings, SQLException cause) {
        String role = settings.user();
        String message = "cannot replicate from " + where(settings) + ": " + reason(cause);
        String hint = switch (state(cause)) {
            case INSUFFICIENT_PRIVILEGE -> "Run as a superuser: ALTER ROLE " + quoted(role) + " REPLICATION;";
            case "28000" ->
                // Said of a role without a line as well as of one that the operating system's user may not be.
                reason(cause).contains("pg_hba.conf")
                                && SslHints.of(settings, reason(cause)).isEmpty()
                        ? "Add a line for the database named replication to pg_hba.conf, and reload: "
                                + (settings.isUnixSocket() ? "local" : "host") + " replication " + role + " …"
                        : connectHint(settings, cause);
            case "53300" -> "Raise max_wal_senders, or end another standby; max_connections counts, too.";
            default -> connectHint(settings, cause);
        };
        return new PgkeepException(ErrorCode.CONNECT, message, hint).causedBy(cause);
    }

    /** A stream of WAL that failed. */
    static PgkeepException ofStream(ConnectionSettings settings, SQLException cause) {
        return new PgkeepException(
                        ErrorCode.CONNECT, "lost the stream of WAL from " + where(settings) + ": " + reason(cause))
                .causedBy(cause);
    }

    private static String where(ConnectionSettings settings) {
        return settings.socketFile().orElse(settings.host() + ":" + settings.port()) + " as " + settings.user();
    }

    private static String connectHint(ConnectionSettings settings, SQLException cause) {
        return SslHints.of(settings, reason(cause)).orElseGet(() -> hintOfState(settings, cause));
    }

    private static String hintOfState(ConnectionSettings settings, SQLException cause) {
        String role = settings.user();
        return switch (state(cause)) {
            case "28P01" -> "Put the password of role " + role + " into ~/.pgpass (mode 0600) or PGPASSWORD.";
            case "28000" ->
                "Run pgkeep as the operating system user of the same name as the role, or allow role " + role
                        + " in pg_hba.conf.";
            case "08004" -> "Give the password of role " + role + " in ~/.pgpass (mode 0600) or PGPASSWORD.";
            case "3D000" -> "Name a database that exists with --database.";
            case "53300" ->
                "Keep a connection free for pgkeep: superuser_reserved_connections, or reserved_connections.";
            case "57P03" ->
                "The server is starting up or shutting down: run the command again when it accepts connections.";
            default ->
                settings.isUnixSocket()
                        ? "Is the server running, with this directory in unix_socket_directories and this port?"
                        : "Is the server running there, and does listen_addresses include that address?";
        };
    }

    /** A statement that failed outside of a backup. */
    static PgkeepException ofStatement(Query query, String role, SQLException cause) {
        if (isSessionLost(cause)) {
            return new PgkeepException(ErrorCode.CONNECT, "the server ended the session: " + reason(cause))
                    .causedBy(cause);
        }
        if (QUERY_CANCELED.equals(state(cause))) {
            return new PgkeepException(ErrorCode.TERMINATED, "cannot " + query.what() + ": canceled").causedBy(cause);
        }
        String message = "cannot " + query.what() + ": " + reason(cause) + " (SQLSTATE " + state(cause) + ")";
        return withHint(message, hint(query, role, cause)).causedBy(cause);
    }

    private static PgkeepException withHint(String message, @Nullable String hint) {
        return hint == null
                ? new PgkeepException(ErrorCode.QUERY, message)
                : new PgkeepException(ErrorCode.QUERY, message, hint);
    }

    private static @Nullable String hint(Query query, String role, SQLException cause) {
        if (INSUFFICIENT_PRIVILEGE.equals(state(cause)) && !query.privilege().isEmpty()) {
            return "Run as a superuser, in the database pgkeep connects to: GRANT " + query.privilege() + " TO "
                    + quoted(role) + ";";
        }
        ServerErrorMessage server = serverMessage(cause);
        return server == null ? null : server.getHint();
    }

    private static String quoted(String role) {
        return PLAIN_IDENTIFIER.matcher(role).matches() ? role : '"' + role.replace("\"", "\"\"") + '"';
    }

    /** Whether the session is gone: connection failures, administrator's or crash shutdown, or a cut connection. */
    static boolean isSessionLost(SQLException cause) {
        String state = state(cause);
        return state.startsWith("08")
                || state.startsWith("57P")
                || "25P03".equals(state)
                || "25P04".equals(state)
                || cause.getCause() instanceof IOException;
    }

    /**
     * Whether the server lives and refuses to go on. Of WAL that it removed it says so with a state that depends on the moment:
     * of a file that is gone, or of one that was made another meanwhile ({@code CheckXLogRemoved}, {@code access/transam/xlog.c}).
     */
    static boolean isRefusal(SQLException cause) {
        return serverMessage(cause) != null && !isSessionLost(cause);
    }

    /** Whether the server says that it is not in the state for this, such as not in backup mode any more. */
    static boolean isWrongState(SQLException cause) {
        return WRONG_STATE.equals(state(cause));
    }

    /** The server's own words, with its detail; the driver's when the server said nothing. */
    static String reason(SQLException cause) {
        ServerErrorMessage server = serverMessage(cause);
        if (server == null) {
            String text = String.valueOf(cause.getMessage());
            return cause.getCause() instanceof IOException io
                            && io.getMessage() != null
                            && !text.contains(io.getMessage())
                    ? text + " (" + io.getMessage() + ")"
                    : text;
        }
        String text = String.valueOf(server.getMessage());
        return server.getDetail() == null ? text : text + ": " + server.getDetail();
    }

    static String state(SQLException cause) {
        return cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    private static @Nullable ServerErrorMessage serverMessage(SQLException cause) {
        return cause instanceof PSQLException server ? server.getServerErrorMessage() : null;
    }
}
