package org.pgkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/** A file that is read in pieces, by more than one thread and for more than one use: it is proved that all saw the same. For one thread. */
final class FilePieces implements AutoCloseable {
    /** Of each but the last, which may be shorter. */
    static final int BYTES = 1 << 19;

    /** A channel keeps a buffer for each thread, as long as the longest that it was given. */
    private static final int STEP_BYTES = 1 << 18;

    private final FileChannel channel;
    private final Seen seen;

    private FilePieces(FileChannel channel, Seen seen) {
        this.channel = channel;
        this.seen = seen;
    }

    /** What was seen of a file: of each piece its check sum (CRC-32). Thread-safe. */
    static final class Seen {
        private static final long NOTED = 1L << 32;

        private final long bytes;
        private final long[] sums;
        private boolean changed;

        /** Nothing of a file of so many bytes; a file of none has one empty piece. */
        Seen(long bytes) {
            this.bytes = bytes;
            this.sums = new long[Math.toIntExact(Math.max(1, Math.ceilDiv(bytes, BYTES)))];
        }

        int pieces() {
            return sums.length;
        }

        /** Whether some piece was not always the same, or the file is not as long as it was. */
        synchronized boolean isChanged(Path file) throws IOException {
            return changed || Files.size(file) != bytes;
        }

        private synchronized void note(int piece, CRC32 sum) {
            long noted = sum.getValue() | NOTED;
            changed |= sums[piece] != 0 && sums[piece] != noted;
            sums[piece] = noted;
        }
    }

    /** Opens a file, of which this was seen before. */
    static FilePieces open(Path file, Seen seen) throws IOException {
        return new FilePieces(FileChannel.open(file, StandardOpenOption.READ), seen);
    }

    /**
     * Reads a piece to the beginning of an array.
     *
     * @return how many bytes: fewer than {@link #BYTES} only at the end of the file
     */
    int read(int piece, byte[] target) throws IOException {
        int length = 0;
        for (int n = 1; n > 0 && length < BYTES; length += Math.max(0, n)) {
            ByteBuffer room = ByteBuffer.wrap(target, length, Math.min(STEP_BYTES, BYTES - length));
            n = channel.read(room, (long) piece * BYTES + length);
        }
        // Not CRC32C, whose tables take a new process 2 ms.
        CRC32 sum = new CRC32();
        sum.update(target, 0, length);
        seen.note(piece, sum);
        return length;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
