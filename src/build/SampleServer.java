import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Answers on a Unix socket as a PostgreSQL 17 over a {@link SampleCluster} would: just enough of what pgkeep asks that a backup of a running
 * cluster can be rehearsed.
 */
final class SampleServer implements AutoCloseable {
    private static final int PORT = 5432;

    /** Where the segment ends that both the summarizer and the archiver reached. */
    private static final String SWITCHED = "0/3000000";

    private final Path socketDirectory;
    private final ServerSocketChannel listening;
    private final Path data;

    /** With which the next backup begins: in the segment that was forced and archived, or else in one that was not. */
    private volatile long checkpoint = SampleCluster.LAST_CHECKPOINT;

    private SampleServer(Path socketDirectory, ServerSocketChannel listening, Path data) {
        this.socketDirectory = socketDirectory;
        this.listening = listening;
        this.data = data;
    }

    /** One that listens already. Its directory has a short name, as sockets must. */
    static SampleServer start(Path data) throws IOException {
        var directory = Files.createTempDirectory("pgkeep-");
        var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(directory.resolve(".s.PGSQL." + PORT)));
        var server = new SampleServer(directory, listening, data);
        Thread.ofPlatform().daemon().start(server::serve);
        return server;
    }

    Path socketDirectory() {
        return socketDirectory;
    }

    private void serve() {
        while (listening.isOpen()) {
            try {
                var client = listening.accept();
                appear();
                Thread.ofPlatform().daemon().start(() -> talk(client));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void talk(SocketChannel client) {
        try (client) {
            new SampleSession(client, this::rows).run();
        } catch (IOException _) {
            // The client is gone, and the session with it.
        }
    }

    /** The rows that a statement gives; a column may be null. */
    private List<List<String>> rows(String sql) {
        if (sql.equals("SELECT pg_is_in_recovery()")) {
            return List.of(List.of("f"));
        } else if (sql.contains("pg_control_system()")) {
            return List.of(List.of("7000000000000000000", "1", "16777216", "8192", "0", "f", "1700000000"));
        } else if (sql.contains("timeline_id")) {
            return List.of(List.of("1", "f"));
        } else if (sql.contains("WHERE name IN")) {
            return List.of(
                    List.of("archive_mode", "on"),
                    List.of("archive_command", "pgkeep archive-push %p"),
                    List.of("data_directory", data.toString()),
                    List.of("full_page_writes", "on"),
                    List.of("server_version", "17.0"),
                    List.of("wal_level", "replica"));
        } else if (sql.contains("pg_database")) {
            return List.of(List.of("1", "template1"));
        } else if (sql.contains("summarized_lsn")) {
            return List.of(List.of(SWITCHED));
        } else if (sql.contains("pg_available_wal_summaries")) {
            return List.of(List.of("1", lsn(SampleCluster.FIRST_CHECKPOINT), SWITCHED));
        } else if (sql.contains("pg_wal_summary_contents")) {
            // More than pgkeep fetches at once.
            return IntStream.range(0, 3 * SampleWal.BLOCKS)
                    .mapToObj(i -> List.of("1663", "1", "1259", Integer.toString(i % SampleWal.BLOCKS), "f"))
                    .toList();
        } else if (sql.contains("pg_backup_start")) {
            SampleCluster.checkpoint(data, checkpoint);
            return List.of(List.of(lsn(checkpoint)));
        } else if (sql.contains("pg_backup_stop")) {
            long stop = checkpoint + 0x10_0000;
            checkpoint = SampleCluster.LAST_CHECKPOINT;
            return List.of(List.of(
                    lsn(stop),
                    "START WAL LOCATION: 0/2E00028 (file 000000010000000000000002)\nCHECKPOINT LOCATION: 0/2E00060\n"
                            + "BACKUP METHOD: streamed\nBACKUP FROM: primary\nSTART TIME: 2026-01-01 00:00:00 UTC\n"
                            + "LABEL: sample\nSTART TIMELINE: 1\n",
                    "",
                    "0"));
        } else if (sql.contains("pg_switch_wal")) {
            checkpoint = SampleCluster.SECOND_CHECKPOINT;
            return List.of(List.of(SWITCHED));
        } else if (sql.contains("pg_create_restore_point") || sql.contains("pg_current_wal")) {
            return List.of(List.of("0/2D00000"));
        } else if (sql.contains("pg_stat_archiver")) {
            return List.of(Arrays.asList("2", "000000010000000000000002", "2026-01-01 00:00:00+00", "0", null, null));
        } else {
            return List.of();
        }
    }

    private static String lsn(long value) {
        return "%X/%X".formatted(value >>> 32, value & 0xFFFF_FFFFL);
    }

    /** What a server that runs has in its data directory; not before the first client, for stopped ones are rehearsed, too. */
    private void appear() throws IOException {
        var lines = List.of(
                Long.toString(ProcessHandle.current().pid()),
                data.toString(),
                "1700000000",
                Integer.toString(PORT),
                socketDirectory.toString(),
                "",
                "0",
                "ready");
        Files.write(data.resolve("postmaster.pid"), lines);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        Directories.delete(socketDirectory);
    }
}
