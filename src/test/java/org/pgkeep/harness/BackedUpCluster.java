package org.pgkeep.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;

/** A cluster that archives into a repository beside it, with a configuration file for pgkeep. */
public final class BackedUpCluster implements AutoCloseable {
    private final TestCluster cluster;
    private final Pgkeep pgkeep;
    private final Path repository;
    private final Path configuration;
    private Function<String[], ProgramRun> runner;

    private BackedUpCluster(TestCluster cluster, Pgkeep pgkeep, Path repository) {
        this.cluster = cluster;
        this.pgkeep = pgkeep;
        this.runner = pgkeep::run;
        this.repository = repository;
        this.configuration = cluster.beside("pgkeep.toml");
    }

    /** Sets up a cluster: with the settings that init asks for, registered, started. */
    public static BackedUpCluster setUp(TestCluster cluster) {
        return setUp(cluster, cluster.directory("repository"));
    }

    /** The same with a repository in this directory, which the server's user owns. */
    public static BackedUpCluster setUp(TestCluster cluster, Path repository) {
        return setUp(cluster, repository, "", "init");
    }

    /** The same with a sealed repository, whose key file is made beside it. */
    public static BackedUpCluster setUpSealed(TestCluster cluster) {
        Path repository = cluster.directory("repository");
        String keyFile = "key-file = \"" + cluster.beside("backup.key") + "\"";
        return setUp(cluster, repository, keyFile, "init", "--encrypt");
    }

    private static BackedUpCluster setUp(
            TestCluster cluster, Path repository, String repositoryLine, String init, String... options) {
        BackedUpCluster backedUp = new BackedUpCluster(cluster, Pgkeep.of(cluster), repository);
        backedUp.configure(repositoryLine);
        backedUp.succeeds(init, options);
        cluster.with("archive_mode", "on").with("archive_command", backedUp.archiveCommand());
        cluster.start();
        return backedUp;
    }

    /** One that archives nothing, with room for who streams its WAL; 9.6 is made with no line for replication. */
    public static BackedUpCluster setUpWithoutArchive(TestCluster cluster) {
        BackedUpCluster source = new BackedUpCluster(cluster, Pgkeep.of(cluster), cluster.directory("repository"));
        source.configure("");
        source.succeeds("init");
        write(cluster.data().resolve("pg_hba.conf"), "local all all trust\nlocal replication all trust\n");
        cluster.with("max_wal_senders", "10")
                .with("max_replication_slots", "10")
                .start();
        return source;
    }

    /** From now on, commands run one after another in one process, which takes a fraction of the time. */
    public BackedUpCluster warm() {
        runner = arguments -> WarmPgkeep.run(List.of(arguments));
        return this;
    }

    private void configure(String repositoryLine) {
        write(configuration, """
                    [repository.local]
                    path = "%s"
                    %s

                    [cluster.main]
                    pgdata = "%s"
                    host = "%s"
                    port = %d
                    user = "postgres"
                    """.formatted(
                        repository,
                        repositoryLine,
                        cluster.data(),
                        cluster.server().socketDirectory(),
                        cluster.server().port()));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same, seen from another host; not to be closed. */
    public BackedUpCluster onHost(String name) {
        return new BackedUpCluster(cluster, pgkeep.onHost(name), repository);
    }

    /** The server's {@code archive_command}. */
    String archiveCommand() {
        return Pgkeep.launcher() + " archive-push --config " + configuration + " --cluster main %p";
    }

    /** The source. */
    public TestCluster cluster() {
        return cluster;
    }

    /** Where backups and WAL are. */
    public Path repository() {
        return repository;
    }

    /** Its committed backups. */
    public List<String> labels() {
        return LiveTree.files(repository).stream()
                .filter(file -> file.endsWith("backup.json"))
                .filter(file -> file.toString().contains("/backups/"))
                .map(file -> file.getName(file.getNameCount() - 2).toString())
                .sorted()
                .toList();
    }

    /** The configuration file. */
    public Path configuration() {
        return configuration;
    }

    /** The arguments of a command with the configuration file among them. */
    public String[] arguments(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(command, "--config", configuration.toString()));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    /** Runs a command to its end, whatever that is. */
    public ProgramRun run(String command, String... arguments) {
        return runner.apply(arguments(command, arguments));
    }

    /** Starts a command and goes on. */
    public Pgkeep.Running start(String command, String... arguments) {
        return pgkeep.start(arguments(command, arguments));
    }

    /** Starts a command that takes minutes for what else takes a second, and goes on. */
    public Pgkeep.Running startInterpreted(String command, String... arguments) {
        return pgkeep.interpreted().start(arguments(command, arguments));
    }

    /** Runs a command that must succeed. */
    public ProgramRun succeeds(String command, String... arguments) {
        ProgramRun run = run(command, arguments);
        assertThat(run.exitStatus())
                .as("%s%n%s%n%s", run.command(), run.out(), run.err())
                .isZero();
        return run;
    }

    /** Runs a command that must end with this status and these words. */
    public ProgramRun fails(int status, String words, String command, String... arguments) {
        ProgramRun run = run(command, arguments);
        assertThat(run.exitStatus())
                .as("%s%n%s%n%s", run.command(), run.out(), run.err())
                .isEqualTo(status);
        assertThat(run.err()).contains(words);
        return run;
    }

    /** Completes the current segment and waits until the archive has it. */
    public void archiveEverything() {
        boolean modern = !cluster.server().binaries().major().text().equals("9.6");
        String segment = cluster.query(
                modern
                        ? "SELECT pg_walfile_name(pg_create_restore_point('archived so far'))"
                        : "SELECT pg_xlogfile_name(pg_create_restore_point('archived so far'))");
        cluster.query(modern ? "SELECT pg_switch_wal()" : "SELECT pg_switch_xlog()");
        Wait.until("segment " + segment + " in the archive", () -> isArchived(segment));
    }

    /** Whether the repository has this segment, complete. */
    boolean isArchived(String segment) {
        return LiveTree.files(repository).stream()
                .anyMatch(file -> file.getFileName().toString().startsWith(segment + "-"));
    }

    /** Restores into a new directory beside the source. */
    public Path restore(String name, String... arguments) {
        Path target = cluster.beside(name);
        List<String> all = new ArrayList<>(List.of("-D", target.toString()));
        all.addAll(List.of(arguments));
        succeeds("restore", all.toArray(String[]::new));
        return target;
    }

    /** Starts a server on a restored directory, which keeps its WAL to itself, and waits until it is a primary. */
    public ThrowawayServer startRestored(Path restored) {
        ThrowawayServer server = cluster.serverOn(restored);
        keepItsWalToItself(restored);
        server.start();
        Wait.until(
                "end of recovery",
                () -> Sql.on(server).value("SELECT pg_is_in_recovery()").equals("f"));
        return server;
    }

    /**
     * Else its new timeline would become the archive's latest; and no standby's word counts for it. ALTER SYSTEM set archive_mode, so
     * this must come after.
     */
    private static void keepItsWalToItself(Path restored) {
        try {
            Files.writeString(
                    restored.resolve("postgresql.auto.conf"),
                    "archive_mode = off\nsynchronous_standby_names = ''\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        // A fast shutdown waits for archive_command, which else would write into what is being deleted.
        if (cluster.server().isRunning()) {
            cluster.server().stop(ThrowawayServer.Shutdown.FAST);
        }
        cluster.close();
    }
}
