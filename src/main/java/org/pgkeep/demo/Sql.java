package org.pgkeep.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * SQL on a throw-away server, as superuser, one connection a call.
 *
 * @param server the server
 * @param database the database to connect to
 */
public record Sql(ThrowawayServer server, String database) {
    /** In database {@code postgres}. */
    public static Sql on(ThrowawayServer server) {
        return new Sql(server, "postgres");
    }

    /** Runs statements, each in its own transaction. */
    public void run(String... statements) {
        for (String sql : statements) {
            try (Connection connection = server.connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw refused(sql, e);
            }
        }
    }

    /** The first column of all rows, as text. */
    public List<String> column(String sql) {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
            return values;
        } catch (SQLException e) {
            throw refused(sql, e);
        }
    }

    /** The first column of the only row, as text. */
    public String value(String sql) {
        List<String> values = column(sql);
        if (values.size() != 1) {
            throw new PgkeepException(ErrorCode.QUERY, values.size() + " rows instead of one: " + sql);
        }
        return values.getFirst();
    }

    private PgkeepException refused(String sql, SQLException e) {
        return new PgkeepException(ErrorCode.QUERY, "in database " + database + ": " + e.getMessage() + ": " + sql)
                .causedBy(e);
    }
}
