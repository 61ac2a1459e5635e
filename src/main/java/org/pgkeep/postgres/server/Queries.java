package org.pgkeep.postgres.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.postgresql.PGConnection;

/**
 * Runs statements one at a time on one connection, whichever thread asks: the watch of a backup shares the session with the
 * thread that stops it.
 */
final class Queries implements AutoCloseable {
    /** How long a cancelled statement may take to end before the connection is cut. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** How long a server may take to answer an empty question before it counts as gone. */
    private static final Duration PING_LONGEST = Duration.ofMinutes(2);

    /** Rows of a long result that are in memory at a time. */
    private static final int FETCH_ROWS = 10_000;

    private final Connection connection;
    private final String role;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Statement running;

    Queries(Connection connection, String role) {
        this.connection = connection;
        this.role = role;
    }

    /** Reads one row. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** The only row. */
    <T> T one(Query query, RowReader<T> reader, Object... parameters) {
        List<T> rows = all(query, reader, parameters);
        if (rows.size() != 1) {
            throw new PgkeepException(
                    ErrorCode.QUERY, "cannot " + query.what() + ": " + rows.size() + " rows instead of one");
        }
        return rows.getFirst();
    }

    /** All rows. */
    <T> List<T> all(Query query, RowReader<T> reader, Object... parameters) {
        lock.lock();
        try {
            return allLocked(query, reader, parameters);
        } catch (SQLException e) {
            throw ServerErrors.ofStatement(query, role, e);
        } finally {
            lock.unlock();
        }
    }

    /** Hears one row after the other. */
    interface RowSink {
        void take(ResultSet row) throws SQLException;
    }

    /** Gives all rows to a sink, however many: the driver fetches them in portions. */
    void each(Query query, RowSink sink, Object... parameters) {
        lock.lock();
        try {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(query.sql())) {
                statement.setFetchSize(FETCH_ROWS);
                for (int i = 0; i < parameters.length; i++) {
                    statement.setObject(i + 1, parameters[i]);
                }
                running = statement;
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        sink.take(rows);
                    }
                }
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            } finally {
                running = null;
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw ServerErrors.ofStatement(query, role, e);
        } finally {
            lock.unlock();
        }
    }

    private <T> List<T> allLocked(Query query, RowReader<T> reader, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query.sql())) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            running = statement;
            try (ResultSet result = statement.executeQuery()) {
                List<T> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(reader.read(result));
                }
                return rows;
            }
        } finally {
            running = null;
        }
    }

    /** Runs statements that return nothing. */
    void execute(Query query) {
        lock.lock();
        try (Statement statement = connection.createStatement()) {
            statement.execute(query.sql());
        } catch (SQLException e) {
            throw ServerErrors.ofStatement(query, role, e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Like {@link #one}, unless another thread is using the connection: then it does nothing, because a connection in use
     * reports its own loss. Waits two minutes at most for the answer.
     */
    <T> @Nullable T oneIfIdle(Query query, RowReader<T> reader) throws SQLException {
        if (!lock.tryLock()) {
            return null;
        }
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(PING_LONGEST.toMillis()));
            // What the server says when it ends a session waits in the socket: read it before a write finds it closed.
            connection.unwrap(PGConnection.class).getNotifications();
            T answer = allLocked(query, reader).getFirst();
            connection.setNetworkTimeout(Runnable::run, 0);
            return answer;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs statements that may take long, such as a checkpoint, on a thread of their own: an interrupt of the caller cancels
     * them on the server.
     *
     * @throws PgkeepException {@code TERMINATED} when interrupted
     */
    <T> T interruptibly(String what, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread.ofPlatform().daemon().name("pgkeep-query").start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted: " + what).causedBy(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new PgkeepException(ErrorCode.BUG, "cannot " + what + ": " + e.getCause()).causedBy(e);
        }
    }

    private void cancel() {
        Statement statement = running;
        if (statement == null) {
            return;
        }
        try {
            statement.cancel();
        } catch (SQLException _) {
            // The connection is closed next, which ends the statement as well, only less politely.
        }
    }

    /** Ends the session. A backup that was started and not stopped ends with it. */
    @Override
    public void close() {
        boolean idle = false;
        try {
            idle = lock.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (idle) {
                connection.close();
            } else {
                connection.abort(Runnable::run);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            abort();
        } catch (SQLException _) {
            // A session that cannot be closed is closed.
        } finally {
            if (idle) {
                lock.unlock();
            }
        }
    }

    private void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException _) {
            // As above.
        }
    }
}
