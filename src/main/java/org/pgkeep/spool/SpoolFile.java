package org.pgkeep.spool;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * A temporary file that is written once from beginning to end and then read from any position, by several readers if need be, so
 * that a list of a million entries costs no memory.
 */
public final class SpoolFile implements AutoCloseable {
    private static final int WINDOW_BYTES = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final DataOutputStream target;

    /**
     * An empty file.
     *
     * @param what it is for, as a part of its name
     */
    public SpoolFile(Path directory, String what) {
        try {
            file = Files.createTempFile(directory, "pgkeep-" + what, ".tmp");
            // Linux removes the name at once, so that nothing is left behind whatever becomes of this process.
            channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            target = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), WINDOW_BYTES));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "make a temporary file in " + directory, e);
        }
    }

    /** What writes one entry. */
    public interface Entry {
        /** Writes it. */
        void writeTo(DataOutputStream target) throws IOException;
    }

    /** Adds an entry. */
    public void add(Entry entry) {
        try {
            entry.writeTo(target);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
        }
    }

    /** Writes bytes with their length before them. */
    public static void write(DataOutputStream target, byte[] bytes) throws IOException {
        target.writeInt(bytes.length);
        target.write(bytes);
    }

    /** Ends writing. */
    public void finish() {
        try {
            target.flush();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
        }
    }

    /** Reads from a {@linkplain Reader#position position} on. */
    public Reader read(long position) {
        return new Reader(position);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "remove " + file, e);
        }
    }

    /** Reads what was written, in order; for one thread. */
    public final class Reader {
        private final DataInputStream source;
        private long position;

        private Reader(long position) {
            this.source = new DataInputStream(new BufferedInputStream(new Window(position), WINDOW_BYTES));
            this.position = position;
        }

        /** Where the next thing to read begins. */
        public long position() {
            return position;
        }

        /** The next byte, unsigned; -1 at the end. */
        public int next() {
            return read(1, () -> source.read());
        }

        /** A number of 4 bytes. */
        public int readInt() {
            return read(Integer.BYTES, source::readInt);
        }

        /** A number of 8 bytes. */
        public long readLong() {
            return read(Long.BYTES, source::readLong);
        }

        /** Bytes with their length before them. */
        public byte[] readBytes() {
            int length = readInt();
            return read(length, () -> {
                byte[] bytes = new byte[length];
                source.readFully(bytes);
                return bytes;
            });
        }

        /** A text that {@link DataOutputStream#writeUTF} wrote. */
        public String readText() {
            int length = read(Short.BYTES, source::readUnsignedShort);
            return read(length, () -> {
                byte[] bytes = new byte[length];
                source.readFully(bytes);
                return new String(bytes, StandardCharsets.UTF_8);
            });
        }

        private <T> T read(int length, Reading<T> reading) {
            try {
                T value = reading.read();
                position += length;
                return value;
            } catch (EOFException e) {
                throw new PgkeepException(ErrorCode.FILE_READ, "temporary file " + file + " ends early").causedBy(e);
            } catch (IOException e) {
                throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
            }
        }
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** The file from a position on, which leaves the channel's own position alone. */
    private final class Window extends InputStream {
        private long position;

        Window(long position) {
            this.position = position;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = channel.read(ByteBuffer.wrap(bytes, offset, length), position);
            position += Math.max(n, 0);
            return n;
        }
    }
}
