package org.pgkeep.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;

/** A cluster that archives nothing, whose WAL pgkeep streams into a repository beside it. */
public final class StreamedCluster implements AutoCloseable {
    private final BackedUpCluster source;
    private final List<Pgkeep.Running> receivers = new ArrayList<>();

    private StreamedCluster(BackedUpCluster source) {
        this.source = source;
    }

    /** A running cluster of this version with a repository that knows it. */
    public static StreamedCluster setUp(String major) {
        return new StreamedCluster(
                BackedUpCluster.setUpWithoutArchive(TestCluster.create(major)).warm());
    }

    /** The source. */
    public TestCluster cluster() {
        return source.cluster();
    }

    /** Where it is streamed to. */
    public Path repository() {
        return source.repository();
    }

    /** Starts a receiver. */
    public Pgkeep.Running receive(String... arguments) {
        Pgkeep.Running running = source.start("receive-wal", arguments);
        receivers.add(running);
        return running;
    }

    /** Waits until the server streams to a receiver. */
    public void awaitStreaming() {
        Wait.until(
                "a stream",
                () -> cluster()
                        .query("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                        .equals("1"));
    }

    /** What another server's {@code archive_command} would be. */
    public String archiveCommand() {
        return source.archiveCommand();
    }

    /** Whether the repository has this segment, complete. */
    public boolean isStored(String segment) {
        return source.isArchived(segment);
    }

    /** Waits until the repository has this segment, complete. */
    public void awaitStored(String segment) {
        Wait.until("segment " + segment, () -> source.isArchived(segment));
    }

    /** Runs a command to its end, whatever that is. */
    public ProgramRun run(String command, String... arguments) {
        return source.run(command, arguments);
    }

    /** Runs a command that must succeed. */
    public ProgramRun succeeds(String command, String... arguments) {
        return source.succeeds(command, arguments);
    }

    /** Restores into a new directory beside the source. */
    public Path restore(String name, String... arguments) {
        return source.restore(name, arguments);
    }

    /** Starts a server on a restored directory and waits until it is a primary. */
    public ThrowawayServer startRestored(Path restored) {
        return source.startRestored(restored);
    }

    @Override
    public void close() {
        receivers.stream().filter(receiver -> receiver.process().isAlive()).forEach(Pgkeep.Running::kill);
        source.close();
    }
}
