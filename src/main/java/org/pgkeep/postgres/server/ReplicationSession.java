package org.pgkeep.postgres.server;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.PostgresVersion;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.progress.Progress;
import org.pgkeep.units.ByteCount;
import org.postgresql.PGConnection;

/**
 * A connection to a server's WAL sender: who it is, its timelines, its slots, its WAL. SQL is not spoken here; that is
 * {@link ServerSession}'s. For one thread; one stream at a time.
 *
 * <p>The role needs the attribute {@code REPLICATION}, and a line for the database {@code replication} in {@code pg_hba.conf}.
 *
 * <p>Errors: {@code CONNECT} when there is no session (any more), {@code QUERY} when the server refuses a command.
 */
public final class ReplicationSession implements AutoCloseable {
    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int SEGMENT_BYTES_USUAL = 16 << 20;
    private static final String NO_SUCH_SLOT = "42704";
    private static final String EXISTS_ALREADY = "42710";

    private final ConnectionSettings settings;
    private final Connection connection;
    private final PatientSocket socket;
    private final PostgresVersion version;

    private ReplicationSession(
            ConnectionSettings settings, Connection connection, PatientSocket socket, PostgresVersion version) {
        this.settings = settings;
        this.connection = connection;
        this.socket = socket;
        this.version = version;
    }

    /**
     * Logs in.
     *
     * @param applicationName the name that {@code synchronous_standby_names} and {@code pg_stat_replication} know
     * @throws PgkeepException {@code CONNECT} with what to change when the role may not replicate, {@code pg_hba.conf} does not let
     *     it in, or all WAL senders are busy
     */
    public static ReplicationSession open(ConnectionSettings settings, String applicationName, Progress progress) {
        AtomicReference<PatientSocket> socket = new AtomicReference<>();
        Connection connection = ScopedValue.where(PatientSocketFactory.MADE, socket)
                .call(() -> Connector.openForReplication(settings, applicationName));
        try {
            // Enough for the middle of a message; a standby that is promoted ends its stream in a way that the driver
            // does not
            // understand, and waits with it for as long.
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(PATIENCE.toMillis()));
            PostgresVersion version = Dialect.of(connection).version();
            progress.debug("connected to " + settings + " for replication, version " + version);
            return new ReplicationSession(settings, connection, socket.get(), version);
        } catch (SQLException | RuntimeException e) {
            close(connection);
            throw e instanceof SQLException sql ? ServerErrors.ofConnect(settings, sql) : (RuntimeException) e;
        }
    }

    /** Whether a text can name a slot: {@code a-z}, {@code 0-9} and {@code _}, at most 63 of them. */
    public static boolean isSlotName(String text) {
        return SLOT_NAME.matcher(text).matches();
    }

    /** The server's release. */
    public PostgresVersion version() {
        return version;
    }

    /**
     * Who the server is, and where.
     *
     * @param systemIdentifier the cluster's, unsigned
     * @param timeline that it writes, or on a standby follows
     * @param end where its WAL is flushed up to, on a standby what it has received
     */
    public record Identity(long systemIdentifier, int timeline, Lsn end) {}

    /** Asks who the server is. */
    public Identity identify() {
        return one(
                "identify the server",
                "IDENTIFY_SYSTEM",
                row -> new Identity(
                        Long.parseUnsignedLong(row.getString(1)), (int) row.getLong(2), Lsn.parse(row.getString(3))));
    }

    /**
     * The history file of a timeline, as the server has it; timeline 1 has none.
     *
     * @throws PgkeepException {@code QUERY} when the server has no such file
     */
    public byte[] historyFile(int timeline) {
        // The server sends the bytes of the file as they are, in a column that says it is text or bytea: not to be
        // decoded.
        return one(
                "read " + TimelineHistory.fileName(timeline),
                "TIMELINE_HISTORY " + Integer.toUnsignedString(timeline),
                row -> row.getString(2).getBytes(StandardCharsets.UTF_8));
    }

    /** The line of descent of a timeline. */
    public TimelineHistory history(int timeline) {
        return timeline == 1
                ? TimelineHistory.of(1)
                : TimelineHistory.parse(timeline, new String(historyFile(timeline), StandardCharsets.UTF_8));
    }

    /** The size of WAL segments; 9.6 cannot tell, and has 16 MiB unless it was built otherwise. */
    public int segmentBytes() {
        return setting("wal_segment_size")
                .map(text -> Math.toIntExact(ByteCount.parse(text).bytes()))
                .orElse(SEGMENT_BYTES_USUAL);
    }

    /** The value of a setting, as {@code SHOW} prints it; empty on 9.6, whose WAL senders do not tell. */
    public Optional<String> setting(String name) {
        return version.isAtLeast(MajorVersion.V10)
                ? Optional.of(one("read setting " + name, "SHOW " + name, row -> row.getString(1)))
                : Optional.empty();
    }

    /** Whether the server is in recovery, as far as it tells. */
    public boolean isStandby() {
        return setting("transaction_read_only").map("on"::equals).orElseGet(this::isStandbyInSql);
    }

    private boolean isStandbyInSql() {
        return inSql("SELECT pg_catalog.pg_is_in_recovery()::text", "true").isPresent();
    }

    /** Whether there is a physical slot of this name; {@code false} also when that cannot be told. */
    public boolean isPhysical(String name) {
        if (version.isAtLeast(MajorVersion.V15)) {
            return "physical"
                    .equals(one(
                            "read replication slot " + name,
                            "READ_REPLICATION_SLOT " + quoted(name),
                            row -> String.valueOf(row.getString(1))));
        }
        String query =
                "SELECT slot_type FROM pg_catalog.pg_replication_slots WHERE slot_name = '" + unquoted(name) + "'";
        return inSql(query, "physical").isPresent();
    }

    private static String unquoted(String slot) {
        String quoted = quoted(slot);
        return quoted.substring(1, quoted.length() - 1);
    }

    /** What WAL senders of older servers do not tell, asked in an ordinary session; empty if it is another answer, or that is not let in. */
    private Optional<String> inSql(String query, String expected) {
        return inSql(query).filter(expected::equals);
    }

    /**
     * From where a slot keeps WAL; empty when there is no such slot, it keeps none, as one that was invalidated, or a server before 15 lets
     * the role in for replication only.
     */
    public Optional<Lsn> slotRestart(String name) {
        return version.isAtLeast(MajorVersion.V15)
                ? one(
                        "read replication slot " + name,
                        "READ_REPLICATION_SLOT " + quoted(name),
                        row -> Optional.ofNullable(row.getString(2)).map(Lsn::parse))
                : slotRestartInSql(name);
    }

    /** Before 15 a WAL sender does not tell. */
    private Optional<Lsn> slotRestartInSql(String name) {
        return inSql(
                        "SELECT restart_lsn::text FROM pg_catalog.pg_replication_slots WHERE slot_type = 'physical' AND slot_name = '"
                                + unquoted(name) + "'")
                .map(Lsn::parse);
    }

    private Optional<String> inSql(String query) {
        try (Connection ordinary = Connector.open(settings, "pgkeep");
                Statement statement = ordinary.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
        } catch (SQLException e) {
            throw refused("ask the server: " + query, e);
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.CONNECT) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Whether a stream was refused because its slot was invalidated: it kept more WAL than the server allows. */
    public static boolean isSlotLost(PgkeepException e) {
        return e.getCause() instanceof SQLException sql && ServerErrors.isWrongState(sql);
    }

    /**
     * Makes a slot that keeps WAL from now on.
     *
     * @param temporary whether it goes with this session; 9.6 has no such slots
     * @return whether it is new; false when there is one of this name
     */
    public boolean createSlot(String name, boolean temporary) {
        String kind = temporary ? " TEMPORARY" : "";
        String command = "CREATE_REPLICATION_SLOT " + quoted(name) + kind + " PHYSICAL RESERVE_WAL";
        return unless(EXISTS_ALREADY, "create replication slot " + name, command);
    }

    /** Removes a slot that nobody uses; whether there was one. */
    public boolean dropSlot(String name) {
        return unless(NO_SUCH_SLOT, "drop replication slot " + name, "DROP_REPLICATION_SLOT " + quoted(name));
    }

    /**
     * Starts the stream.
     *
     * @param slot whose WAL the server keeps until it is confirmed; empty for none
     * @param from the first byte; usually of a segment
     * @param timeline one of the server's history that holds that byte
     * @throws PgkeepException {@code QUERY} when the slot is missing or in use, or the server's history does not hold that byte
     */
    public WalStream stream(Optional<String> slot, Lsn from, int timeline) {
        String command =
                "START_REPLICATION" + slot.map(name -> " SLOT " + quoted(name)).orElse("") + " PHYSICAL " + from
                        + " TIMELINE " + Integer.toUnsignedString(timeline);
        try {
            return new WalStream(
                    settings,
                    socket,
                    connection.unwrap(PGConnection.class).getCopyAPI().copyDual(command));
        } catch (SQLException e) {
            throw refused("stream WAL of timeline " + Integer.toUnsignedString(timeline) + " from " + from, e);
        }
    }

    private static String quoted(String slot) {
        if (!isSlotName(slot)) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "'" + slot + "' is not a name for a replication slot",
                    "Use at most 63 lower-case letters, digits and underscores.");
        }
        return '"' + slot + '"';
    }

    private <T> T one(String what, String command, Queries.RowReader<T> reader) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(command)) {
            if (!row.next()) {
                throw new PgkeepException(ErrorCode.QUERY, "cannot " + what + ": the server answers nothing");
            }
            return reader.read(row);
        } catch (SQLException e) {
            throw refused(what, e);
        }
    }

    private boolean unless(String state, String what, String command) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
            return true;
        } catch (SQLException e) {
            if (state.equals(ServerErrors.state(e))) {
                return false;
            }
            throw refused(what, e);
        }
    }

    private PgkeepException refused(String what, SQLException cause) {
        return ServerErrors.ofStatement(new Query(what, "", ""), settings.user(), cause);
    }

    @Override
    public void close() {
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException _) {
            // A session that cannot be closed is closed.
        }
    }
}
