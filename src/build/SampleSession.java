import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * One client of a {@link SampleServer}, from its login to its end: just enough of the protocol that the driver of PostgreSQL speaks. Messages are
 * those of the documentation's chapter "Frontend/Backend Protocol".
 */
final class SampleSession {
    private static final int TEXT = 25;

    private final DataInputStream in;
    private final DataOutputStream out;
    private final Function<String, List<List<String>>> answers;
    private String sql = "";
    private List<List<String>> rows = List.of();
    private int sent;
    private char state = 'I';

    /**
     * A session to come.
     *
     * @param answers the rows that a query gives; a column may be null
     */
    SampleSession(SocketChannel client, Function<String, List<List<String>>> answers) {
        this.in = new DataInputStream(Channels.newInputStream(client));
        this.out = new DataOutputStream(Channels.newOutputStream(client));
        this.answers = answers;
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
                rows = isQuery() ? answers.apply(sql) : List.of();
                sent = 0;
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
        int end = mostRows == 0 ? rows.size() : Math.min(rows.size(), sent + mostRows);
        while (sent < end) {
            row(rows.get(sent++));
        }
        if (sent < rows.size()) {
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

    /** What a message says. */
    private interface Body {
        void write(DataOutputStream message) throws IOException;
    }
}
