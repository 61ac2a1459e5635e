package org.pgkeep.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.pgkeep.codec.FrameCodec;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.linux.LinuxFile;
import org.pgkeep.postgres.CrcSum;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Cores;

/**
 * One worker's way to the files: positional reads and writes, a few files kept open, and whoever is done with a file's last piece
 * completes it.
 */
final class FileWriter implements TargetFiles {
    /** Below this a file's write-back is left to the kernel: asking costs more than it brings. */
    private static final long WRITE_BACK_BYTES_MIN = 1 << 20;

    /** The mode with which files are made, and which most keep. */
    private static final int MODE_PRIVATE = 0600;

    /** Below this a piece goes through the page cache, which gathers small writes into large ones. */
    private static final int DIRECT_BYTES_MIN = 1 << 17;

    /** Below this a file goes through the page cache. */
    private static final long FILE_BYTES_MIN = 1 << 20;

    private static final byte[] ZERO = new byte[1];

    private final FileTable files;
    private final Owners owners;
    private final FileDigests digests;
    private final Cores.Core core;
    private final ByteBuffer aligned = ByteBuffer.allocateDirect(FrameCodec.CONTENT_BYTES_MAX + OpenFile.ALIGNMENT)
            .alignedSlice(OpenFile.ALIGNMENT);
    private final OpenFiles<OpenFile> open;
    private final boolean overOld;
    private boolean isDirect;

    /**
     * For one worker.
     *
     * @param core the worker's, which another has while this one writes past the page cache
     * @param overOld whether files may be there already, with any length and mode
     */
    FileWriter(FileTable files, Owners owners, FileDigests digests, Cores.Core core, boolean overOld) {
        this.files = files;
        this.owners = owners;
        this.digests = digests;
        this.core = core;
        this.open = new OpenFiles<>(file -> OpenFile.open(files.location(file)));
        this.overOld = overOld;
        this.isDirect = !digests.readsBack();
    }

    /** Bytes of the file in these blocks. */
    private int length(int file, long firstBlock, int blocks) {
        return (int) Math.min((long) blocks * Blocks.BYTES, files.size(file) - firstBlock * Blocks.BYTES);
    }

    @Override
    public boolean read(int file, long firstBlock, byte[] content, int offset, int blocks) {
        try {
            int length = length(file, firstBlock, blocks);
            return open.get(file).read(content, offset, length, blocks * Blocks.BYTES, firstBlock * Blocks.BYTES);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + files.location(file), e);
        }
    }

    @Override
    public void write(int file, long firstBlock, byte[] content, int offset, int blocks) {
        try {
            put(file, content, offset, length(file, firstBlock, blocks), firstBlock * Blocks.BYTES);
        } catch (IOException e) {
            throw failed("write", file, e);
        }
    }

    @Override
    public long addToChecksum(int file, long firstBlock, byte[] content, int offset, int blocks) {
        int length = length(file, firstBlock, blocks);
        if (digests.isCrc()) {
            long after = files.size(file) - firstBlock * Blocks.BYTES - length;
            files.addCrc(file, CrcSum.share(content, offset, length, after));
        }
        return length;
    }

    private void put(int file, byte[] content, int offset, int length, long position) throws IOException {
        OpenFile target = open.get(file);
        long size = files.size(file);
        boolean isWorthIt = isDirect
                && length >= DIRECT_BYTES_MIN
                && size >= FILE_BYTES_MIN
                && size % Blocks.BYTES == 0
                && target.mayBeDirect();
        if (isWorthIt) {
            // The JDK would copy into aligned memory, too, but take new memory for each write.
            aligned.clear().put(content, offset, length).flip();
            isDirect = core.without(() -> target.writeDirect(aligned, position, size, !files.hasHoles(file)));
        }
        if (!isWorthIt || !isDirect) {
            target.write(ByteBuffer.wrap(content, offset, length), position);
        }
    }

    @Override
    public void pieceDone(int file) {
        if (!files.pieceDone(file)) {
            return;
        }
        try {
            complete(file);
        } catch (IOException e) {
            throw failed("complete", file, e);
        }
    }

    private void complete(int file) throws IOException {
        OpenFile target = open.get(file);
        boolean endsEarly = overOld ? target.size() < files.size(file) : files.endsInHole(file);
        if (endsEarly) {
            // One zero byte sets the length and leaves the hole before it.
            target.write(ByteBuffer.wrap(ZERO), files.size(file) - 1);
        }
        open.close(file);
        Path location = files.location(file);
        digests.complete(file, location);
        owners.give(location, files.ownership(file));
        if (overOld || files.mode(file) != MODE_PRIVATE) {
            Path _ = Files.setAttribute(location, "unix:mode", files.mode(file));
        }
        Files.setLastModifiedTime(location, FileTime.from(files.modified(file)));
        if (files.size(file) >= WRITE_BACK_BYTES_MIN) {
            startWriteBack(location, files.size(file));
        }
    }

    private static void startWriteBack(Path location, long bytes) {
        try (LinuxFile file = LinuxFile.open(location)) {
            boolean _ = file.startWriteBack(0, bytes);
        }
    }

    private PgkeepException failed(String what, int file, IOException e) {
        return PgkeepException.ofIo(ErrorCode.FILE_WRITE, what + " " + files.location(file), e);
    }

    @Override
    public void close() {
        try {
            open.close();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "close a restored file", e);
        }
    }
}
