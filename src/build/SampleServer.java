import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Answers on a Unix socket as a PostgreSQL 17 over a {@link SampleCluster} would: just enough of its protocol and of what pgkeep asks
 * that a backup of a running cluster can be rehearsed. Messages are those of the documentation's chapter "Frontend/Backend Protocol".
 */
final class SampleServer implements AutoCloseable {
    private static final int PORT = 5432;
    private static final int TEXT = 25;

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
                run();
                Thread.ofPlatform().daemon().start(() -> talk(client));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void talk(SocketChannel client) {
        try (client) {
            new Session(
                            new DataInputStream(Channels.newInputStream(client)),
                            new DataOutputStream(Channels.newOutputStream(client)))
                    .run();
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
    private void run() throws IOException {
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

    /** One client, from its login to its end. */
    private final class Session {
        private final DataInputStream in;
        private final DataOutputStream out;
        private String sql = "";
        private Iterator<List<String>> rest = Collections.emptyIterator();
        private char state = 'I';

        Session(DataInputStream in, DataOutputStream out) {
            this.in = in;
            this.out = out;
        }

        void run() throws IOException {
            in.skipNBytes(in.readInt() - 4L);
            send('R', message -> message.writeInt(0)); // AuthenticationOk
            parameter("server_version", "17.0");
            parameter("client_encoding", "UTF8");
            parameter("DateStyle", "ISO, MDY");
            parameter("TimeZone", "UTC");
            parameter("integer_datetimes", "on");
            parameter("standard_conforming_strings", "on");
            send('K', message -> message.writeLong(1)); // BackendKeyData
            ready();
            while (answer()) {
                out.flush();
            }
        }

        private boolean answer() throws IOException {
            int type;
            try {
                type = in.readUnsignedByte();
            } catch (EOFException _) {
                return false;
            }
            var body = in.readNBytes(in.readInt() - 4);
            switch (type) {
                case 'P' -> {
                    sql = secondString(body);
                    send('1', message -> {}); // ParseComplete
                }
                case 'B' -> {
                    rest = isQuery() ? rows(sql).iterator() : Collections.emptyIterator();
                    send('2', message -> {}); // BindComplete
                }
                case 'C' -> send('3', message -> {}); // CloseComplete
                case 'D' -> describe();
                case 'E' -> execute(mostRows(body));
                case 'S' -> ready();
                case 'Q' -> {
                    sql = new String(body, StandardCharsets.UTF_8).strip();
                    execute(0);
                    ready();
                }
                case 'X' -> {
                    return false;
                }
                default -> throw new IOException("message " + (char) type + " is not known here");
            }
            return true;
        }

        /** Of a Parse message: after the statement's name. */
        private String secondString(byte[] body) {
            var all = new String(body, StandardCharsets.UTF_8);
            int begin = all.indexOf('\0') + 1;
            return all.substring(begin, all.indexOf('\0', begin));
        }

        private void describe() throws IOException {
            if (!isQuery()) {
                send('n', message -> {}); // NoData
                return;
            }
            var rows = rows(sql);
            send(
                    'T',
                    message -> { // RowDescription
                        int columns = rows.isEmpty() ? 1 : rows.getFirst().size();
                        message.writeShort(columns);
                        for (int column = 0; column < columns; column++) {
                            string(message, "column" + column);
                            message.writeInt(0);
                            message.writeShort(0);
                            message.writeInt(TEXT);
                            message.writeShort(-1);
                            message.writeInt(-1);
                            message.writeShort(0);
                        }
                    });
        }

        private boolean isQuery() {
            return sql.startsWith("SELECT");
        }

        /** Of an Execute message: after the portal's name; 0 is all. */
        private static int mostRows(byte[] body) {
            return ByteBuffer.wrap(body).getInt(body.length - 4);
        }

        private void execute(int mostRows) throws IOException {
            int sent = 0;
            for (; rest.hasNext() && (mostRows == 0 || sent < mostRows); sent++) {
                row(rest.next());
            }
            if (mostRows > 0 && sent == mostRows) {
                send('s', message -> {}); // PortalSuspended
                return;
            }
            var command = sql.replaceFirst("(?s)\\W.*", "");
            state = switch (command) {
                case "BEGIN" -> 'T';
                case "COMMIT" -> 'I';
                default -> state;
            };
            var tag = isQuery() ? command + " " + sent : command;
            send('C', message -> string(message, tag)); // CommandComplete
        }

        private void row(List<String> row) throws IOException {
            send(
                    'D',
                    message -> { // DataRow
                        message.writeShort(row.size());
                        for (var value : row) {
                            if (value == null) {
                                message.writeInt(-1);
                            } else {
                                var bytes = value.getBytes(StandardCharsets.UTF_8);
                                message.writeInt(bytes.length);
                                message.write(bytes);
                            }
                        }
                    });
        }

        private void parameter(String name, String value) throws IOException {
            send('S', message -> {
                string(message, name);
                string(message, value);
            });
        }

        private void ready() throws IOException {
            send('Z', message -> message.writeByte(state));
            out.flush();
        }

        private void string(DataOutputStream message, String text) throws IOException {
            message.write(text.getBytes(StandardCharsets.UTF_8));
            message.writeByte(0);
        }

        private void send(char type, Body body) throws IOException {
            var bytes = new ByteArrayOutputStream();
            body.write(new DataOutputStream(bytes));
            out.writeByte(type);
            out.writeInt(bytes.size() + 4);
            bytes.writeTo(out);
        }
    }

    /** What a message says. */
    private interface Body {
        void write(DataOutputStream message) throws IOException;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        Directories.delete(socketDirectory);
    }
}
