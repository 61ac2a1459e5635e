package org.pgkeep.postgres.server;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.PostgresVersion;

/** Asks for {@link StreamingFacts}. */
record StreamingReader(Queries queries, PostgresVersion version) {
    StreamingFacts read(Lsn end, String applicationName, Optional<String> slot) {
        return new StreamingFacts(
                end,
                slot.flatMap(name -> queries.all(slots(), StreamingReader::slot, name).stream()
                        .findFirst()),
                queries.all(receivers(), StreamingReader::receiver, applicationName).stream()
                        .findFirst());
    }

    private Query slots() {
        String limits = version.isAtLeast(MajorVersion.V13) ? "wal_status, safe_wal_size" : "NULL, NULL";
        return new Query(
                "read the replication slot",
                "SELECT slot_name, active, restart_lsn::text, " + limits
                        + " FROM pg_replication_slots WHERE slot_name = ?",
                "SELECT ON pg_replication_slots");
    }

    private static StreamingFacts.Slot slot(ResultSet row) throws SQLException {
        return new StreamingFacts.Slot(
                row.getString(1),
                row.getBoolean(2),
                lsn(row.getString(3)),
                Optional.ofNullable(row.getString(4)),
                Optional.ofNullable(row.getBigDecimal(5)).map(BigDecimal::longValue));
    }

    private Query receivers() {
        String columns = version.isAtLeast(MajorVersion.V10)
                ? "write_lsn::text, flush_lsn::text, extract(epoch FROM flush_lag)"
                : "write_location::text, flush_location::text, NULL";
        return new Query(
                "see who streams WAL",
                "SELECT application_name, state, sync_state, " + columns
                        + " FROM pg_stat_replication WHERE application_name = ? ORDER BY 4 DESC NULLS LAST",
                "pg_monitor");
    }

    private static StreamingFacts.Receiver receiver(ResultSet row) throws SQLException {
        return new StreamingFacts.Receiver(
                row.getString(1),
                Optional.ofNullable(row.getString(2)),
                Optional.ofNullable(row.getString(3)),
                lsn(row.getString(4)),
                lsn(row.getString(5)),
                Optional.ofNullable(row.getBigDecimal(6))
                        .map(seconds ->
                                Duration.ofMillis(seconds.movePointRight(3).longValue())));
    }

    private static Optional<Lsn> lsn(@Nullable String text) {
        return Optional.ofNullable(text).map(Lsn::parse);
    }
}
