package org.pgkeep.postgres.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.PostgresVersion;
import org.pgkeep.progress.Progress;

/**
 * One SQL session with a running server: what it is, its backup mode, its WAL, its settings. Thread-safe: one statement runs
 * at a time. Timeouts of role, database or server do not apply to it.
 *
 * <p>Errors: {@code CONNECT} when there is no session (any more), {@code QUERY} when the server refuses a statement, naming
 * the privilege that is missing, {@code BACKUP_INTERRUPTED} when the session or the backup is lost in backup mode.
 */
public final class ServerSession implements AutoCloseable {
    private static final Pattern SETTING_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");
    private static final Duration SETTING_POLL = Duration.ofMillis(50);
    private static final Query TIMELINE = new Query(
            "read the timeline",
            "SELECT timeline_id, pg_is_in_recovery() FROM pg_control_checkpoint()",
            "EXECUTE ON FUNCTION pg_control_checkpoint()");
    private static final Query IN_RECOVERY = new Query(
            "see whether the server is a standby",
            "SELECT pg_is_in_recovery()",
            "EXECUTE ON FUNCTION pg_is_in_recovery()");
    private static final Query ARCHIVER =
            new Query("read the archiver's statistics", """
            SELECT archived_count, last_archived_wal, last_archived_time, failed_count, last_failed_wal, last_failed_time
            FROM pg_stat_archiver
            """, "SELECT ON pg_stat_archiver");
    private static final Query STREAMING = new Query(
            "see who streams WAL",
            // To a role that may not see it all, the state is null.
            "SELECT count(*) > 0 FROM pg_stat_replication WHERE coalesce(state, 'streaming') IN ('streaming', 'catchup')",
            "pg_monitor");
    private static final Query SETTING =
            new Query("read the setting", "SELECT setting FROM pg_settings WHERE name = ?", "SELECT ON pg_settings");
    private static final Query PENDING_RESTART = new Query(
            "read the setting", "SELECT pending_restart FROM pg_settings WHERE name = ?", "SELECT ON pg_settings");
    private static final Query RELOAD =
            new Query("reload the configuration", "SELECT pg_reload_conf()", "EXECUTE ON FUNCTION pg_reload_conf()");

    private final ConnectionSettings settings;
    private final Queries queries;
    private final Dialect dialect;
    private final Progress progress;
    private volatile @Nullable BackupStart running;

    private ServerSession(ConnectionSettings settings, Queries queries, Dialect dialect, Progress progress) {
        this.settings = settings;
        this.queries = queries;
        this.dialect = dialect;
        this.progress = progress;
    }

    /**
     * Logs in.
     *
     * @param command the pgkeep command that asks: {@code pg_stat_activity} shows {@code pgkeep backup}
     */
    public static ServerSession open(ConnectionSettings settings, String command, Progress progress) {
        Connection connection = Connector.open(settings, "pgkeep " + command);
        Queries queries = new Queries(connection, settings.user());
        try {
            Dialect dialect = Dialect.of(connection);
            queries.execute(dialect.sessionSettings());
            progress.debug("connected to " + settings + ", version " + dialect.version());
            return new ServerSession(settings, queries, dialect, progress);
        } catch (SQLException | RuntimeException e) {
            queries.close();
            throw e instanceof SQLException sql ? ServerErrors.ofConnect(settings, sql) : (RuntimeException) e;
        }
    }

    /** The server's release. */
    public PostgresVersion version() {
        return dialect.version();
    }

    /**
     * Another connection to the same server, for its WAL.
     *
     * @throws PgkeepException as {@link ReplicationSession#open}
     */
    public ReplicationSession replication(String applicationName) {
        return ReplicationSession.open(settings, applicationName, progress);
    }

    /** What the server knows of changed blocks. */
    public ChangeSource changes() {
        return new ChangeSource(queries, dialect.version());
    }

    /** What the server is. */
    public ServerFacts facts() {
        return FactsReader.read(queries, dialect);
    }

    /**
     * Puts the server into non-exclusive backup mode; it ends with {@link #stopBackup} or with this session.
     *
     * @param label what {@code backup_label} will say
     * @param fast whether the checkpoint runs at full speed; otherwise it may take as long as {@code checkpoint_timeout}
     * @throws PgkeepException {@code TERMINATED} when interrupted while the server writes its checkpoint
     */
    public BackupStart startBackup(String label, boolean fast) {
        String what = fast ? "waiting for a fast checkpoint" : "waiting for the next checkpoint";
        try (Progress.Step step = progress.step("start backup mode", 0)) {
            step.note(what);
            BackupStart start = queries.interruptibly(what, () -> {
                Lsn lsn = Lsn.parse(queries.one(dialect.startBackup(), row -> row.getString(1), label, fast));
                return queries.one(TIMELINE, row -> new BackupStart(lsn, row.getInt(1), row.getBoolean(2)));
            });
            running = start;
            return start;
        }
    }

    /**
     * Ends backup mode. Does not wait until the WAL is archived, except on 9.6, which always waits on a primary that archives.
     *
     * @throws PgkeepException {@code BACKUP_INTERRUPTED} when the session is lost or the standby was promoted meanwhile
     */
    public BackupStop stopBackup() {
        try (Progress.Step step = progress.step("stop backup mode", 0)) {
            step.note("waiting for the server");
            BackupStop stop = queries.interruptibly(
                    "stopping the backup", () -> queries.one(dialect.stopBackup(), this::stopped));
            running = null;
            return stop;
        } catch (PgkeepException e) {
            throw inBackup(e);
        }
    }

    private BackupStop stopped(ResultSet row) throws SQLException {
        BackupStart begun = running;
        int told = row.getInt(4);
        int timeline = told == 0 && begun != null ? begun.timeline() : told;
        return new BackupStop(Lsn.parse(row.getString(1)), timeline, row.getString(2), optional(row.getString(3)));
    }

    private static Optional<String> optional(@Nullable String text) {
        return Optional.ofNullable(text).filter(value -> !value.isEmpty());
    }

    private PgkeepException inBackup(PgkeepException e) {
        boolean notInBackup = e.getCause() instanceof SQLException sql && ServerErrors.isWrongState(sql);
        if (running == null || (e.code() != ErrorCode.CONNECT && !notInBackup)) {
            return e;
        }
        return new PgkeepException(ErrorCode.BACKUP_INTERRUPTED, String.valueOf(e.getMessage())).causedBy(e);
    }

    /**
     * Checks every so often, from a thread of its own, that the backup still stands, until the watch is closed. A loss is
     * told once to {@code whenLost}, on that thread, and thrown by {@link Watch#check()} from then on.
     */
    public Watch watch(BackupStart start, Duration every, Consumer<PgkeepException> whenLost) {
        return Watch.start(() -> checkAlive(start), every, whenLost);
    }

    /**
     * Checks that the backup still stands: the session lives, a standby was not promoted. One may follow its primary to another timeline:
     * recovery of the backup does so, too.
     *
     * @throws PgkeepException {@code BACKUP_INTERRUPTED} with the reason
     */
    public void checkAlive(BackupStart start) {
        try {
            Boolean onStandby = queries.oneIfIdle(IN_RECOVERY, row -> row.getBoolean(1));
            if (onStandby != null && start.onStandby() && !onStandby) {
                throw new PgkeepException(
                        ErrorCode.BACKUP_INTERRUPTED,
                        "the standby was promoted during the backup",
                        "Take the backup again: from the new primary, or from another standby.");
            }
        } catch (SQLException e) {
            throw new PgkeepException(
                            ErrorCode.BACKUP_INTERRUPTED, "the server ended the session: " + ServerErrors.reason(e))
                    .causedBy(e);
        }
    }

    /** Where WAL is written to, or on a standby replayed up to. */
    public Lsn currentLsn() {
        return Lsn.parse(queries.one(dialect.currentLsn(), row -> row.getString(1)));
    }

    /**
     * Completes the current WAL segment, so that it can be archived. All WAL before the result is in completed segments; the
     * last of them holds the byte before it. Without new WAL the server switches nothing: write some first
     * ({@link #createRestorePoint}). Not possible on a standby.
     */
    public Lsn switchWal() {
        return Lsn.parse(queries.one(dialect.switchWal(), row -> row.getString(1)));
    }

    /** Writes a named place to recover to, at most 63 bytes, into the WAL. Not possible on a standby. */
    public Lsn createRestorePoint(String name) {
        return Lsn.parse(queries.one(dialect.createRestorePoint(), row -> row.getString(1), name));
    }

    /** How archiving goes. */
    public ArchiverStatus archiverStatus() {
        return queries.one(
                ARCHIVER,
                row -> new ArchiverStatus(
                        row.getLong(1),
                        optional(row.getString(2)),
                        instant(row.getTimestamp(3)),
                        row.getLong(4),
                        optional(row.getString(5)),
                        instant(row.getTimestamp(6))));
    }

    /** What waits to be archived; empty for a role that may not see it. */
    public Optional<ArchiveQueue> archiveQueue() {
        return ArchiveQueue.read(queries, dialect.version());
    }

    /** How the stream of a standby of this name goes, and what the slot of that name keeps. */
    public StreamingFacts streaming(String applicationName, Optional<String> slot) {
        return new StreamingReader(queries, dialect.version()).read(currentLsn(), applicationName, slot);
    }

    /** Whether a standby or a receiver of WAL is connected, and has caught up. */
    public boolean isStreaming() {
        return queries.one(STREAMING, row -> row.getBoolean(1));
    }

    private static Optional<Instant> instant(@Nullable Timestamp time) {
        return Optional.ofNullable(time).map(Timestamp::toInstant);
    }

    /** The value of a setting in this session; empty when there is no such setting or the role may not see it. */
    public Optional<String> setting(String name) {
        return queries.all(SETTING, row -> row.getString(1), name).stream().findFirst();
    }

    /**
     * Writes a setting into {@code postgresql.auto.conf}; it takes effect with {@link #reload}, or with a restart
     * ({@link #pendingRestart}). Needs a superuser; since 15 also {@code GRANT ALTER SYSTEM ON PARAMETER}.
     */
    public void alterSystem(String name, String value) {
        if (!SETTING_NAME.matcher(name).matches()) {
            throw new PgkeepException(ErrorCode.BUG, "'" + name + "' is not the name of a setting");
        }
        String literal = "'" + value.replace("'", "''") + "'";
        queries.execute(new Query(
                "set " + name, "ALTER SYSTEM SET " + name + " = " + literal, "ALTER SYSTEM ON PARAMETER " + name));
    }

    /** Makes the server read its configuration again. Its processes do so a moment later. */
    public void reload() {
        queries.one(RELOAD, row -> row.getBoolean(1));
    }

    /** Whether a setting was changed in the configuration and waits for a restart. */
    public boolean pendingRestart(String name) {
        return queries.all(PENDING_RESTART, row -> row.getBoolean(1), name).contains(true);
    }

    /** Waits until a setting has this value in this session; false when it has not after the longest wait. */
    public boolean awaitSetting(String name, String value, Duration longest) {
        Instant end = Instant.now().plus(longest);
        while (!setting(name).equals(Optional.of(value))) {
            if (Instant.now().isAfter(end)) {
                return false;
            }
            try {
                Thread.sleep(SETTING_POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PgkeepException(ErrorCode.TERMINATED, "interrupted: waiting for setting " + name).causedBy(e);
            }
        }
        return true;
    }

    /** Ends the session, and with it a backup that was not stopped. */
    @Override
    public void close() {
        queries.close();
    }
}
