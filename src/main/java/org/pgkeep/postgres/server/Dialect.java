package org.pgkeep.postgres.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.PostgresVersion;

/** The statements that differ between versions, with the privilege each needs. */
record Dialect(PostgresVersion version) {
    /** {@code 9.6.24}, {@code 17.11}, {@code 18beta1}, each perhaps followed by a packager's words. */
    private static final Pattern VERSION = Pattern.compile("(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?");

    /** The dialect of this server, which reported its version with the login. */
    static Dialect of(Connection connection) throws SQLException {
        String version = connection.getMetaData().getDatabaseProductVersion();
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.lookingAt()) {
            throw new PgkeepException(ErrorCode.VERSION_UNSUPPORTED, "the server calls its version '" + version + "'");
        }
        int major = Integer.parseInt(matcher.group(1));
        int second = number(matcher.group(2));
        int number = major >= 10 ? major * 10_000 + second : major * 10_000 + second * 100 + number(matcher.group(3));
        return new Dialect(new PostgresVersion(number));
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private MajorVersion facts() {
        return version.facts();
    }

    /** Nothing may end this session or change the meaning of its statements, whatever role and database are set up for. */
    Query sessionSettings() {
        StringBuilder sql = new StringBuilder("SET search_path = pg_catalog; SET statement_timeout = 0;"
                + " SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
                + " SET max_parallel_workers_per_gather = 0;");
        if (version.isAtLeast(MajorVersion.V14)) {
            sql.append(" SET idle_session_timeout = 0;");
        }
        if (version.isAtLeast(MajorVersion.V17)) {
            sql.append(" SET transaction_timeout = 0;");
        }
        return new Query("prepare the session", sql.toString(), "");
    }

    /**
     * The control data. Not the control file's timeline on a primary: that is the last checkpoint's, and after a promotion the next one
     * may take minutes.
     */
    Query controlData() {
        String name = facts().walFileNameFunction();
        String written = facts().currentLsnFunction();
        return new Query(
                "read the server's control data",
                """
                SELECT system_identifier,
                       CASE WHEN pg_is_in_recovery() THEN timeline_id
                            ELSE ('x' || substr(%s(%s()), 1, 8))::bit(32)::int END,
                       bytes_per_wal_segment, database_block_size, data_page_checksum_version, pg_is_in_recovery(),
                       extract(epoch FROM pg_postmaster_start_time())::float8
                FROM pg_control_system(), pg_control_checkpoint(), pg_control_init()
                """.formatted(name, written),
                execute("pg_control_system(), pg_control_checkpoint(), pg_control_init(), " + name + "(pg_lsn), "
                        + written + "()"));
    }

    /** Parameters: label, fast. */
    Query startBackup() {
        String call = facts().backupStartCall();
        String types = call.endsWith("false)") ? "(text, boolean, boolean)" : "(text, boolean)";
        return new Query("start the backup", "SELECT " + call + "::text", execute(nameOf(call) + types));
    }

    /**
     * Does not wait for the archive where the server lets one say so. A standby's backup ends at the minimum recovery point
     * ({@code do_pg_backup_stop}), and the control file says of which timeline that is; a primary's says 0.
     */
    Query stopBackup() {
        String call = facts().backupStopCall();
        return new Query(
                "stop the backup",
                "SELECT lsn::text, labelfile, spcmapfile, (SELECT min_recovery_end_timeline FROM pg_control_recovery()) FROM "
                        + call,
                execute(call.replace("false", "boolean")));
    }

    Query switchWal() {
        String call = facts().switchWalFunction() + "()";
        return new Query("switch to a new WAL segment", "SELECT " + call + "::text", execute(call));
    }

    /** Parameter: name. */
    Query createRestorePoint() {
        return new Query(
                "create the restore point",
                "SELECT pg_create_restore_point(?)::text",
                execute("pg_create_restore_point(text)"));
    }

    Query currentLsn() {
        String sql = "SELECT CASE WHEN pg_is_in_recovery() THEN " + facts().replayLsnFunction() + "() ELSE "
                + facts().currentLsnFunction() + "() END::text";
        return new Query("read the current LSN", sql, execute(facts().currentLsnFunction() + "()"));
    }

    private static String nameOf(String call) {
        return call.substring(0, call.indexOf('('));
    }

    private static String execute(String function) {
        return "EXECUTE ON FUNCTION " + function;
    }
}
