package org.pgkeep.backup;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.PathName;

/**
 * The listing on disk, in path order: written once, then read from the beginning or at an entry's position, so that a million
 * files cost no memory.
 */
final class ListingSpool implements AutoCloseable {
    private static final int WINDOW_BYTES = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final DataOutputStream target;
    private long entries;

    ListingSpool(Path directory) {
        try {
            file = Files.createTempFile(directory, "pgkeep-listing", ".tmp");
            // Linux removes the name at once, so that nothing is left behind whatever becomes of this process.
            channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            target = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), WINDOW_BYTES));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "make a temporary file in " + directory, e);
        }
    }

    void add(ListedEntry entry) {
        try {
            target.writeByte(entry.type().code());
            writeBytes(entry.path().bytes());
            target.writeLong(entry.sizeBytes());
            target.writeInt(entry.attributes().mode());
            target.writeUTF(entry.attributes().owner());
            target.writeUTF(entry.attributes().group());
            target.writeLong(
                    ChronoUnit.MICROS.between(Instant.EPOCH, entry.attributes().modified()));
            writeBytes(entry.link().map(PathName::bytes).orElse(new byte[0]));
            entries++;
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
        }
    }

    private void writeBytes(byte[] bytes) throws IOException {
        target.writeInt(bytes.length);
        target.write(bytes);
    }

    /** Ends writing. */
    void finish() {
        try {
            target.flush();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + file, e);
        }
    }

    /** How many entries there are. */
    long entries() {
        return entries;
    }

    /** Reads from the first entry on. */
    Reader read() {
        return readAt(0);
    }

    /** Reads from the entry at this {@linkplain Reader#position position} on. */
    Reader readAt(long position) {
        return new Reader(new Window(position), position);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "remove " + file, e);
        }
    }

    /** Walks the entries; for one thread. */
    final class Reader implements AutoCloseable {
        private final DataInputStream source;
        private long position;

        private Reader(InputStream stream, long position) {
            this.source = new DataInputStream(new BufferedInputStream(stream, WINDOW_BYTES));
            this.position = position;
        }

        /** Where the next entry begins. */
        long position() {
            return position;
        }

        /** The next entry; empty after the last. */
        Optional<ListedEntry> next() {
            try {
                int type = source.read();
                if (type < 0) {
                    return Optional.empty();
                }
                byte[] path = readBytes();
                long size = source.readLong();
                int mode = source.readInt();
                String owner = readText();
                String group = readText();
                Instant modified = Instant.EPOCH.plus(source.readLong(), ChronoUnit.MICROS);
                byte[] link = readBytes();
                position += 1 + 8 + 4 + 8;
                return Optional.of(new ListedEntry(
                        PathName.of(path),
                        ListedEntry.Type.ofCode(type),
                        size,
                        new Attributes(mode, owner, group, modified),
                        link.length == 0 ? Optional.empty() : Optional.of(PathName.of(link))));
            } catch (EOFException e) {
                throw new PgkeepException(ErrorCode.FILE_READ, "temporary file " + file + " ends early").causedBy(e);
            } catch (IOException e) {
                throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
            }
        }

        private byte[] readBytes() throws IOException {
            byte[] bytes = new byte[source.readInt()];
            source.readFully(bytes);
            position += 4 + bytes.length;
            return bytes;
        }

        private String readText() throws IOException {
            int length = source.readUnsignedShort();
            byte[] bytes = new byte[length];
            source.readFully(bytes);
            position += 2 + length;
            return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            // The channel belongs to the spool.
        }
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
            position += Math.max(0, n);
            return n;
        }
    }
}
