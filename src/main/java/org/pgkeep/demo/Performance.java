package org.pgkeep.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgkeep.demo.Story.Scene;
import org.pgkeep.demo.ThrowawayServer.Options;
import org.pgkeep.demo.ThrowawayServer.Shutdown;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.units.ByteCount;

/** The demonstration, act by act. */
final class Performance {
    private static final int BRANCHES = 20;
    private static final int CLIENTS = 4;
    private static final long SEED = 1;
    private static final int TRANSACTIONS = 500;

    /** Between a client's transactions: a load like on most days, not as much as the machine can. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private static final Duration RECOVERY_LONGEST = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final String NOW =
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'";
    private static final String MISTAKE = "DROP TABLE pgbench_accounts";

    private final Stage stage;
    private final Story story;
    private final Path configuration;
    private final Path restored;

    Performance(Stage stage, Story story) {
        this.stage = stage;
        this.story = story;
        this.configuration = stage.path("pgkeep.toml");
        this.restored = stage.path("restored");
    }

    void play() {
        ThrowawayServer server = start();
        load(server);
        setUp(server);
        backUp(server);
        Moment moment = workAndNoteTheTime(server);
        makeTheMistake(server);
        restore(moment);
        ThrowawayServer again = startRestored(server.binaries());
        prove(again, moment);
    }

    /** What the cluster held, and when. */
    private record Moment(String time, Map<String, String> contents) {}

    private ThrowawayServer start() {
        return story.make("Start a throw-away PostgreSQL", scene -> {
            PostgresBinaries binaries = stage.binaries(scene);
            ThrowawayServer server =
                    stage.hire(ThrowawayServer.create(binaries, stage.runAs(), stage.directory(), Options.DEFAULT));
            server.configure("max_wal_size", "1GB");
            server.configure("wal_compression", "on");
            server.start();
            scene.finding("PostgreSQL " + binaries.version() + " from " + binaries.directory() + ", as user "
                    + stage.runAs().user() + ", like every command below");
            scene.finding("data directory " + server.dataDirectory() + ", socket in " + server.socketDirectory());
            return server;
        });
    }

    private void load(ThrowawayServer server) {
        story.tell("Load pgbench's tables", scene -> {
            Workload.load(server, BRANCHES);
            long bytes = DirectoryTree.bytes(server.dataDirectory().resolve("base"));
            scene.finding("%,d accounts, %s of data"
                    .formatted(BRANCHES * Workload.ACCOUNTS_PER_BRANCH, ByteCount.print(bytes)));
        });
    }

    private void setUp(ThrowawayServer server) {
        story.tell("Make a repository, archive WAL into it, and check the whole path", scene -> {
            writeConfiguration(server);
            scene.finding("configuration: " + configuration);
            pgkeep(scene, "init", "--apply");
            scene.command(List.of("pg_ctl", "-D", server.dataDirectory().toString(), "restart"));
            server.restart();
            pgkeep(scene, "check");
            scene.finding("archive_command = " + Sql.on(server).value("SHOW archive_command"));
        });
    }

    private void writeConfiguration(ThrowawayServer server) {
        String text = """
                [repository.local]
                path = "%s"

                [cluster.main]
                pgdata = "%s"
                host = "%s"
                port = %d
                user = "postgres"
                """.formatted(
                        stage.path("repository"), server.dataDirectory(), server.socketDirectory(), server.port());
        try {
            Files.writeString(configuration, text);
            stage.runAs().own(configuration);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + configuration, e);
        }
    }

    private void backUp(ThrowawayServer server) {
        story.tell("Take a full backup while " + CLIENTS + " clients change the data", scene -> {
            try (Workload workload = Workload.start(server, CLIENTS, PAUSE, SEED)) {
                workload.awaitMore(1);
                long before = workload.transactions();
                ProgramRun run = pgkeep(scene, "backup");
                long meanwhile = workload.transactions() - before;
                run.out().lines().filter(line -> !line.isBlank()).forEach(scene::finding);
                scene.finding("%,d transactions were committed meanwhile".formatted(meanwhile));
            }
            scene.finding("the repository holds " + ByteCount.print(DirectoryTree.bytes(stage.path("repository"))));
        });
    }

    private Moment workAndNoteTheTime(ThrowawayServer server) {
        return story.make("Go on working, then note the time and what the tables hold", scene -> {
            try (Workload workload = Workload.start(server, CLIENTS, PAUSE, SEED + 1)) {
                workload.awaitMore(TRANSACTIONS);
            }
            Map<String, String> contents = ClusterProof.contents(server);
            Moment moment = new Moment(Sql.on(server).value(NOW), contents);
            contents.forEach((table, summary) -> scene.finding(table + ": " + summary));
            scene.finding("it is " + moment.time());
            return moment;
        });
    }

    private void makeTheMistake(ThrowawayServer server) {
        story.tell("Go on working, then drop the wrong table", scene -> {
            try (Workload workload = Workload.start(server, CLIENTS, PAUSE, SEED + 2)) {
                workload.awaitMore(TRANSACTIONS);
            }
            scene.command("psql -c '" + MISTAKE + "'");
            Sql.on(server).run(MISTAKE);
            scene.finding("%,d accounts are gone".formatted(BRANCHES * Workload.ACCOUNTS_PER_BRANCH));
            scene.command(List.of("pg_ctl", "-D", server.dataDirectory().toString(), "stop"));
            // Its last segment is archived on the way down: the time to return to may lie in it.
            server.stop(Shutdown.FAST);
        });
    }

    private void restore(Moment moment) {
        story.tell("Restore the cluster as it was at that time", scene -> {
            ProgramRun run = pgkeep(
                    scene,
                    "restore",
                    "-D",
                    restored.toString(),
                    "--target-time",
                    moment.time(),
                    "--target-action",
                    "promote");
            run.out().lines().filter(line -> !line.isBlank()).forEach(scene::finding);
        });
    }

    private ThrowawayServer startRestored(PostgresBinaries binaries) {
        return story.make("Let PostgreSQL's own pg_verifybackup look at it, and start it", scene -> {
            verify(scene, binaries);
            scene.command(List.of("pg_ctl", "-D", restored.toString(), "start"));
            ThrowawayServer again =
                    stage.hire(ThrowawayServer.on(restored, binaries, stage.runAs(), stage.path("restored.log")));
            again.start();
            awaitPrimary(again);
            scene.finding(
                    "recovered: it fetched its WAL from the repository, stopped at the time, and is a primary again");
            return again;
        });
    }

    private void verify(Scene scene, PostgresBinaries binaries) {
        Path program = binaries.directory().resolve("pg_verifybackup");
        if (!binaries.major().isAtLeast(MajorVersion.V13) || !Files.isExecutable(program)) {
            scene.finding("this PostgreSQL has no pg_verifybackup");
            return;
        }
        // -n: the WAL comes from the repository when the server starts.
        ProgramRun run = stage.run(scene, List.of(program.toString(), "-n", restored.toString()));
        run.out().lines().filter(line -> !line.isBlank()).forEach(scene::finding);
    }

    private static void awaitPrimary(ThrowawayServer server) {
        Instant end = Instant.now().plus(RECOVERY_LONGEST);
        while (Sql.on(server).value("SELECT pg_is_in_recovery()").equals("t")) {
            if (Instant.now().isAfter(end)) {
                throw new PgkeepException(
                        ErrorCode.TARGET_UNREACHABLE, "the restored server is still in recovery: " + server.logTail());
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PgkeepException(ErrorCode.TERMINATED, "interrupted: waiting for recovery").causedBy(e);
            }
        }
    }

    private void prove(ThrowawayServer server, Moment moment) {
        story.tell("Prove that nothing is missing and nothing is too much", scene -> {
            Map<String, String> contents = new TreeMap<>(ClusterProof.contents(server));
            if (!contents.equals(moment.contents())) {
                throw new PgkeepException(
                        ErrorCode.CLUSTER_DAMAGED,
                        "the restored tables hold " + contents + " instead of " + moment.contents());
            }
            contents.forEach((table, summary) -> scene.finding(table + ": " + summary + ", as it was"));
            scene.finding("sum of all accounts, tellers, branches and history: %,d each"
                    .formatted(ClusterProof.checkInvariant(server)));
            ClusterProof.Checked checked = ClusterProof.amcheck(server);
            scene.finding(
                    checked.indexes() == 0
                            ? "this PostgreSQL has no amcheck"
                            : "amcheck: %d indexes and %d tables are sound"
                                    .formatted(checked.indexes(), checked.tables()));
        });
    }

    private ProgramRun pgkeep(Scene scene, String command, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = command;
        all[1] = "--config";
        all[2] = configuration.toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return stage.pgkeep(scene, all);
    }
}
