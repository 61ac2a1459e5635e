package org.pgkeep.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgkeep.codec.FrameCodec;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.linux.LinuxFile;
import org.pgkeep.repository.Blocks;

/**
 * One worker's way to the files: positional writes, a few files kept open, and whoever writes a file's last piece completes it. For
 * one thread; any number of them may write to the same file.
 */
final class FileWriter implements AutoCloseable {
    private static final int OPEN_MAX = 16;

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
    private final ByteBuffer aligned = ByteBuffer.allocateDirect(FrameCodec.CONTENT_BYTES_MAX + OpenFile.ALIGNMENT)
            .alignedSlice(OpenFile.ALIGNMENT);
    private boolean isDirect;
    private final Map<Integer, OpenFile> open = new LinkedHashMap<>(OPEN_MAX * 2, 0.75f, true);

    FileWriter(FileTable files, Owners owners, FileDigests digests) {
        this.files = files;
        this.owners = owners;
        this.digests = digests;
        this.isDirect = !digests.readsBack();
    }

    /**
     * Writes blocks to their place; what a last block has beyond the file's end is left out.
     *
     * @return bytes written
     */
    long write(int file, long firstBlock, byte[] content, int offset, int blocks) {
        long position = firstBlock * Blocks.BYTES;
        int length = (int) Math.min((long) blocks * Blocks.BYTES, files.size(file) - position);
        try {
            put(file, content, offset, length, position);
        } catch (IOException e) {
            throw failed("write", file, e);
        }
        if (digests.isCrc()) {
            files.addCrc(file, CrcSum.share(content, offset, length, files.size(file) - position - length));
        }
        return length;
    }

    private void put(int file, byte[] content, int offset, int length, long position) throws IOException {
        OpenFile target = opened(file);
        long size = files.size(file);
        boolean isWorthIt = isDirect
                && length >= DIRECT_BYTES_MIN
                && size >= FILE_BYTES_MIN
                && size % Blocks.BYTES == 0
                && target.mayBeDirect();
        if (isWorthIt) {
            // The JDK would copy into aligned memory, too, but take new memory for each write.
            aligned.clear().put(content, offset, length).flip();
            isDirect = target.writeDirect(aligned, position, size);
        }
        if (!isWorthIt || !isDirect) {
            target.write(ByteBuffer.wrap(content, offset, length), position);
        }
    }

    private OpenFile opened(int file) throws IOException {
        OpenFile known = open.get(file);
        if (known != null) {
            return known;
        }
        if (open.size() == OPEN_MAX) {
            Iterator<OpenFile> oldest = open.values().iterator();
            oldest.next().close();
            oldest.remove();
        }
        OpenFile added = OpenFile.open(files.location(file));
        open.put(file, added);
        return added;
    }

    /** A piece of the file was written, or there was none to write; the last one makes the file complete. */
    void pieceDone(int file) {
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
        OpenFile target = opened(file);
        if (files.endsInHole(file)) {
            // One zero byte sets the length and leaves the hole before it.
            target.write(ByteBuffer.wrap(ZERO), files.size(file) - 1);
        }
        open.remove(file);
        target.close();
        Path location = files.location(file);
        digests.complete(file, location);
        owners.give(location, files.ownership(file));
        if (files.mode(file) != MODE_PRIVATE) {
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
            for (OpenFile file : open.values()) {
                file.close();
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "close a restored file", e);
        } finally {
            open.clear();
        }
    }
}
