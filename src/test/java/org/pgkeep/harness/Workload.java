package org.pgkeep.harness;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.pgkeep.demo.ThrowawayServer;

/**
 * pgbench's tables and its TPC-B-like transaction, over JDBC in some threads. Whatever moment one looks at, as long as it is
 * one moment: {@code sum(abalance) = sum(tbalance) = sum(bbalance) = sum(delta)}.
 */
public final class Workload implements AutoCloseable {
    private static final int TELLERS_PER_BRANCH = 10;
    private static final int ACCOUNTS_PER_BRANCH = 100_000;
    private static final int DELTA_MAX = 5000;
    private static final List<String> TRANSACTION = List.of(
            "UPDATE pgbench_accounts SET abalance = abalance + ? WHERE aid = ?",
            "UPDATE pgbench_tellers SET tbalance = tbalance + ? WHERE tid = ?",
            "UPDATE pgbench_branches SET bbalance = bbalance + ? WHERE bid = ?");
    private static final String HISTORY =
            "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)";

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong transactions = new AtomicLong();
    private final List<FutureTask<Void>> clients = new ArrayList<>();

    private Workload() {}

    /** Makes and fills the tables: 100,000 accounts, about 15 MB with indexes, per branch. */
    public static void load(ThrowawayServer server, int branches) {
        TestCluster.sql(
                server,
                "CREATE TABLE pgbench_branches (bid int NOT NULL, bbalance int, filler char(88))",
                "CREATE TABLE pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84))",
                "CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84))",
                "CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
                "INSERT INTO pgbench_branches SELECT b, 0, '' FROM generate_series(1, " + branches + ") b",
                "INSERT INTO pgbench_tellers SELECT t, (t - 1) / " + TELLERS_PER_BRANCH
                        + " + 1, 0, '' FROM generate_series(1, " + branches * TELLERS_PER_BRANCH + ") t",
                "INSERT INTO pgbench_accounts SELECT a, (a - 1) / " + ACCOUNTS_PER_BRANCH
                        + " + 1, 0, '' FROM generate_series(1, " + branches * ACCOUNTS_PER_BRANCH + ") a",
                "ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid)",
                "ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid)",
                "ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid)",
                "VACUUM ANALYZE");
    }

    /** Starts this many clients; what they do depends on the seed only, when they do it does not. */
    public static Workload start(ThrowawayServer server, int clients, long seed) {
        Workload workload = new Workload();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < clients; i++) {
            SplittableRandom own = random.split();
            FutureTask<Void> task = new FutureTask<>(() -> {
                workload.client(server, own);
                return null;
            });
            workload.clients.add(task);
            Thread.ofPlatform().daemon().name("client-" + i).start(task);
        }
        return workload;
    }

    private void client(ThrowawayServer server, SplittableRandom random) throws SQLException {
        try (Connection connection = server.connect("postgres")) {
            int branches = branches(connection);
            connection.setAutoCommit(false);
            while (!stop.get()) {
                transaction(connection, random, branches);
                transactions.incrementAndGet();
            }
        }
    }

    private static int branches(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM pgbench_branches")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void transaction(Connection connection, SplittableRandom random, int branches) throws SQLException {
        int delta = random.nextInt(-DELTA_MAX, DELTA_MAX + 1);
        int[] ids = {
            1 + random.nextInt(branches * ACCOUNTS_PER_BRANCH),
            1 + random.nextInt(branches * TELLERS_PER_BRANCH),
            1 + random.nextInt(branches)
        };
        for (int i = 0; i < ids.length; i++) {
            run(connection, TRANSACTION.get(i), delta, ids[i]);
        }
        run(connection, HISTORY, ids[1], ids[2], ids[0], delta);
        connection.commit();
    }

    private static void run(Connection connection, String sql, int... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setInt(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }

    /** Transactions committed so far. */
    public long transactions() {
        return transactions.get();
    }

    /** Waits until this many more transactions are committed. */
    public void awaitMore(long more) {
        long goal = transactions.get() + more;
        Wait.until(more + " more transactions", () -> transactions.get() >= goal || hasFailed());
        if (hasFailed()) {
            close();
        }
    }

    private boolean hasFailed() {
        return clients.stream().anyMatch(FutureTask::isDone);
    }

    /** Stops the clients; fails when one failed. */
    @Override
    public void close() {
        stop.set(true);
        for (FutureTask<Void> client : clients) {
            try {
                client.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (ExecutionException e) {
                throw new AssertionError("a client of the workload failed", e.getCause());
            }
        }
    }

    /** Stops the clients, whatever became of their sessions: for tests that kill the server under them. */
    public void abandon() {
        stop.set(true);
    }

    /** The four sums, as text: all equal when the data is of one moment. */
    public static void checkInvariant(ThrowawayServer server) {
        String sums = TestCluster.query(server, """
                SELECT a || ' ' || t || ' ' || b || ' ' || h
                FROM (SELECT sum(abalance) a FROM pgbench_accounts) a, (SELECT sum(tbalance) t FROM pgbench_tellers) t,
                     (SELECT sum(bbalance) b FROM pgbench_branches) b,
                     (SELECT coalesce(sum(delta), 0) h FROM pgbench_history) h
                """);
        if (List.of(sums.split(" ")).stream().distinct().count() != 1) {
            throw new AssertionError("accounts, tellers, branches and history do not add up: " + sums);
        }
    }
}
