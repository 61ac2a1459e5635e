package org.pgkeep.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;

/** A cluster that archives nothing, whose WAL pgkeep streams into a repository beside it. */
public final class StreamedCluster implements AutoCloseable {
    private final TestCluster cluster;
    private final Pgkeep pgkeep;
    private final Path repository;
    private final Path configuration;
    private final List<Pgkeep.Running> receivers = new ArrayList<>();

    private StreamedCluster(TestCluster cluster) {
        this.cluster = cluster;
        this.pgkeep = Pgkeep.of(cluster);
        this.repository = cluster.directory("repository");
        this.configuration = cluster.beside("pgkeep.toml");
    }

    /** A running cluster of this version with a repository that knows it. */
    public static StreamedCluster setUp(String major) {
        StreamedCluster streamed = new StreamedCluster(TestCluster.create(major));
        streamed.configure();
        streamed.succeeds("init");
        streamed.letIn();
        streamed.cluster.with("max_wal_senders", "10").with("max_replication_slots", "10");
        streamed.cluster.start();
        return streamed;
    }

    private void configure() {
        write(configuration, """
                [repository.local]
                path = "%s"

                [cluster.main]
                pgdata = "%s"
                host = "%s"
                port = %d
                user = "postgres"
                """.formatted(
                        repository,
                        cluster.data(),
                        cluster.server().socketDirectory(),
                        cluster.server().port()));
    }

    /** 9.6 is made with no line for replication. */
    private void letIn() {
        write(cluster.data().resolve("pg_hba.conf"), "local all all trust\nlocal replication all trust\n");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The source. */
    public TestCluster cluster() {
        return cluster;
    }

    /** Where the WAL goes. */
    public Path repository() {
        return repository;
    }

    /** Starts a receiver. */
    public Pgkeep.Running receive(String... arguments) {
        Pgkeep.Running running = pgkeep.start(arguments("receive-wal", arguments));
        receivers.add(running);
        return running;
    }

    /** Waits until the server streams to a receiver. */
    public void awaitStreaming() {
        Wait.until(
                "a stream",
                () -> cluster.query("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                        .equals("1"));
    }

    /** Waits until the repository has this segment, complete. */
    public void awaitStored(String segment) {
        Wait.until("segment " + segment, () -> {
            try (Stream<Path> files = Files.walk(repository)) {
                return files.anyMatch(file -> file.getFileName().toString().startsWith(segment + "-"));
            } catch (IOException | UncheckedIOException e) {
                // A temporary file vanished under the walk.
                return false;
            }
        });
    }

    private String[] arguments(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(command, "--config", configuration.toString()));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    /** Runs a command to its end, whatever that is. */
    public ProgramRun run(String command, String... arguments) {
        return WarmPgkeep.run(List.of(arguments(command, arguments)));
    }

    /** Runs a command that must succeed. */
    public ProgramRun succeeds(String command, String... arguments) {
        ProgramRun run = run(command, arguments);
        assertThat(run.exitStatus())
                .as("%s%n%s%n%s", run.command(), run.out(), run.err())
                .isZero();
        return run;
    }

    /** Restores into a new directory beside the source. */
    public Path restore(String name, String... arguments) {
        Path target = cluster.beside(name);
        List<String> all = new ArrayList<>(List.of("-D", target.toString()));
        all.addAll(List.of(arguments));
        succeeds("restore", all.toArray(String[]::new));
        return target;
    }

    /** Starts a server on a restored directory, for which no standby's word counts, and waits until it is a primary. */
    public ThrowawayServer startRestored(Path restored) {
        ThrowawayServer server = cluster.serverOn(restored);
        try {
            Files.writeString(
                    restored.resolve("postgresql.auto.conf"),
                    "synchronous_standby_names = ''\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.start();
        Wait.until(
                "end of recovery",
                () -> Sql.on(server).value("SELECT pg_is_in_recovery()").equals("f"));
        return server;
    }

    @Override
    public void close() {
        receivers.stream().filter(receiver -> receiver.process().isAlive()).forEach(Pgkeep.Running::kill);
        cluster.close();
    }
}
