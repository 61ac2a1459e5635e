package org.pgkeep.postgres.server;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.postgres.PostgresVersion;
import org.pgkeep.postgres.server.ServerFacts.Database;
import org.pgkeep.postgres.server.ServerFacts.Tablespace;

/** Asks for {@link ServerFacts} in four statements that any role may run; what it may not see is missing in the answer. */
final class FactsReader {
    private static final Query SETTINGS = new Query("read the server's settings", """
            SELECT name, setting FROM pg_settings
            WHERE name IN ('archive_mode', 'archive_command', 'archive_library', 'archive_timeout', 'wal_level',
                           'full_page_writes', 'data_directory', 'config_file', 'hba_file', 'ident_file', 'restore_command',
                           'summarize_wal', 'server_version', 'port', 'checkpoint_timeout', 'data_checksums')
            """, "SELECT ON pg_settings");
    private static final Query TABLESPACES = new Query("list the tablespaces", """
            SELECT oid, spcname, pg_tablespace_location(oid) FROM pg_tablespace
            WHERE spcname NOT IN ('pg_default', 'pg_global') ORDER BY oid
            """, "SELECT ON pg_tablespace");
    private static final Query DATABASES = new Query(
            "list the databases", "SELECT oid, datname FROM pg_database ORDER BY oid", "SELECT ON pg_database");

    private FactsReader() {}

    static ServerFacts read(Queries queries, Dialect dialect) {
        Map<String, String> settings = new HashMap<>();
        queries.all(SETTINGS, row -> settings.put(row.getString(1), row.getString(2)));
        List<Tablespace> tablespaces =
                queries.all(TABLESPACES, row -> new Tablespace(row.getLong(1), row.getString(2), row.getString(3)));
        List<Database> databases = queries.all(DATABASES, row -> new Database(row.getLong(1), row.getString(2)));
        return queries.one(
                dialect.controlData(), row -> facts(row, dialect.version(), settings, tablespaces, databases));
    }

    private static ServerFacts facts(
            ResultSet row,
            PostgresVersion version,
            Map<String, String> settings,
            List<Tablespace> tablespaces,
            List<Database> databases)
            throws SQLException {
        Optional<Path> dataDirectory =
                Optional.ofNullable(settings.get("data_directory")).map(Path::of);
        return new ServerFacts(
                version,
                row.getLong(1),
                dataDirectory,
                row.getBoolean(6),
                row.getInt(2),
                row.getInt(3),
                row.getInt(4),
                row.getInt(5),
                Instant.ofEpochMilli((long) (row.getDouble(7) * 1000)),
                settings,
                tablespaces,
                databases);
    }
}
