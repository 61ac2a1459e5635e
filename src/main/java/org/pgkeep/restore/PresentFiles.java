package org.pgkeep.restore;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Blocks;

/** The files of the target for a dry run: read as they are, and never touched. */
final class PresentFiles implements TargetFiles {
    private final FileTable files;
    private final OpenFiles<Present> open;

    /**
     * For one worker.
     *
     * @param stays whether a file with this ordinal is there and would not be removed
     */
    PresentFiles(FileTable files, IntPredicate stays) {
        this.files = files;
        this.open = new OpenFiles<>(
                file -> stays.test(file) ? Present.open(files.location(file)) : new Present(Optional.empty()));
    }

    /** An open file, or none. */
    private record Present(Optional<FileChannel> channel) implements Closeable {
        static Present open(Path location) throws IOException {
            return new Present(
                    Files.isRegularFile(location)
                            ? Optional.of(FileChannel.open(location, StandardOpenOption.READ))
                            : Optional.empty());
        }

        @Override
        public void close() throws IOException {
            if (channel.isPresent()) {
                channel.get().close();
            }
        }
    }

    @Override
    public boolean read(int file, long firstBlock, byte[] content, int offset, int blocks) {
        try {
            Optional<FileChannel> channel = open.get(file).channel;
            long position = firstBlock * Blocks.BYTES;
            int room = blocks * Blocks.BYTES;
            int length = (int) Math.min(room, files.size(file) - position);
            return channel.isPresent() && OpenFile.read(channel.get(), content, offset, length, room, position);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + files.location(file), e);
        }
    }

    @Override
    public void write(int file, long firstBlock, byte[] content, int offset, int blocks) {}

    @Override
    public long addToChecksum(int file, long firstBlock, byte[] content, int offset, int blocks) {
        return Math.min((long) blocks * Blocks.BYTES, files.size(file) - firstBlock * Blocks.BYTES);
    }

    @Override
    public void pieceDone(int file) {}

    @Override
    public void close() {
        try {
            open.close();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "close a file of the target", e);
        }
    }
}
