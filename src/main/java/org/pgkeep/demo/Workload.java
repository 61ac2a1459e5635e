package org.pgkeep.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * pgbench's tables and its TPC-B-like transaction, over JDBC in some threads. Whatever moment one looks at, as long as it is
 * one moment: {@code sum(abalance) = sum(tbalance) = sum(bbalance) = sum(delta)} ({@link ClusterProof#checkInvariant}).
 */
public final class Workload implements AutoCloseable {
    /** Accounts of a branch, as in pgbench. */
    public static final int ACCOUNTS_PER_BRANCH = 100_000;

    private static final int TELLERS_PER_BRANCH = 10;
    private static final int DELTA_MAX = 5000;
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final List<String> UPDATES = List.of(
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
        Sql.on(server)
                .run(
                        "CREATE TABLE pgbench_branches (bid int NOT NULL, bbalance int, filler char(88))",
                        "CREATE TABLE pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84))",
                        "CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84))",
                        "CREATE TABLE pgbench_history"
                                + " (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
                        fill("pgbench_branches", "SELECT i, 0, ''", branches),
                        fill(
                                "pgbench_tellers",
                                "SELECT i, (i - 1) / " + TELLERS_PER_BRANCH + " + 1, 0, ''",
                                branches * TELLERS_PER_BRANCH),
                        fill(
                                "pgbench_accounts",
                                "SELECT i, (i - 1) / " + ACCOUNTS_PER_BRANCH + " + 1, 0, ''",
                                branches * ACCOUNTS_PER_BRANCH),
                        "ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid)",
                        "ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid)",
                        "ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid)",
                        "VACUUM ANALYZE");
    }

    private static String fill(String table, String select, int rows) {
        return "INSERT INTO " + table + " " + select + " FROM generate_series(1, " + rows + ") i";
    }

    /** Starts this many clients, as busy as they can be. */
    public static Workload start(ThrowawayServer server, int clients, long seed) {
        return start(server, clients, Duration.ZERO, seed);
    }

    /**
     * Starts this many clients. What they do depends on the seed only, when they do it does not.
     *
     * @param pause how long each waits between transactions
     */
    public static Workload start(ThrowawayServer server, int clients, Duration pause, long seed) {
        Workload workload = new Workload();
        SplittableRandom random = new SplittableRandom(seed);
        int branches = Integer.parseInt(Sql.on(server).value("SELECT count(*) FROM pgbench_branches"));
        for (int i = 0; i < clients; i++) {
            SplittableRandom own = random.split();
            FutureTask<Void> task = new FutureTask<>(() -> {
                workload.client(server, own, branches, pause);
                return null;
            });
            workload.clients.add(task);
            Thread.ofPlatform().daemon().name("client-" + i).start(task);
        }
        return workload;
    }

    private void client(ThrowawayServer server, SplittableRandom random, int branches, Duration pause)
            throws SQLException {
        try (Connection connection = server.connect("postgres")) {
            connection.setAutoCommit(false);
            while (!stop.get()) {
                transaction(connection, random, branches);
                transactions.incrementAndGet();
                sleep(pause);
            }
        }
    }

    private static void transaction(Connection connection, SplittableRandom random, int branches) throws SQLException {
        int delta = random.nextInt(-DELTA_MAX, DELTA_MAX + 1);
        int account = 1 + random.nextInt(branches * ACCOUNTS_PER_BRANCH);
        int teller = 1 + random.nextInt(branches * TELLERS_PER_BRANCH);
        int branch = 1 + random.nextInt(branches);
        run(connection, UPDATES.get(0), delta, account);
        run(connection, UPDATES.get(1), delta, teller);
        run(connection, UPDATES.get(2), delta, branch);
        run(connection, HISTORY, teller, branch, account, delta);
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

    /**
     * Waits until this many more transactions are committed.
     *
     * @throws PgkeepException {@code QUERY} when a client failed
     */
    public void awaitMore(long more) {
        long goal = transactions.get() + more;
        Instant end = Instant.now().plus(LONGEST);
        while (transactions.get() < goal) {
            if (clients.stream().anyMatch(FutureTask::isDone)) {
                close();
            }
            if (Instant.now().isAfter(end)) {
                throw new PgkeepException(ErrorCode.QUERY, "the workload does not get on");
            }
            sleep(POLL);
        }
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Stops the clients and waits for them.
     *
     * @throws PgkeepException {@code QUERY} when one failed
     */
    @Override
    public void close() {
        stop.set(true);
        for (FutureTask<Void> client : clients) {
            try {
                client.get();
            } catch (InterruptedException e) {
                throw interrupted(e);
            } catch (ExecutionException e) {
                throw new PgkeepException(ErrorCode.QUERY, "a client of the workload failed: " + e.getCause())
                        .causedBy(e);
            }
        }
    }

    /** Stops the clients, whatever becomes of their sessions: for who kills the server under them. */
    public void abandon() {
        stop.set(true);
    }

    private static PgkeepException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new PgkeepException(ErrorCode.TERMINATED, "interrupted: workload").causedBy(e);
    }
}
