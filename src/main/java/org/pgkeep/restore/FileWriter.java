package org.pgkeep.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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

    private static final Set<OpenOption> OPTIONS = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

    /** Until a file is complete nobody but its owner sees it. */
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** The same as a number, which most files keep. */
    private static final int MODE_PRIVATE = 0600;

    private static final byte[] ZERO = new byte[1];

    private final FileTable files;
    private final Owners owners;
    private final FileDigests digests;
    private final Map<Integer, FileChannel> open = new LinkedHashMap<>(OPEN_MAX * 2, 0.75f, true);

    FileWriter(FileTable files, Owners owners, FileDigests digests) {
        this.files = files;
        this.owners = owners;
        this.digests = digests;
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
            put(channel(file), ByteBuffer.wrap(content, offset, length), position);
        } catch (IOException e) {
            throw failed("write", file, e);
        }
        if (digests.isCrc()) {
            files.addCrc(file, CrcSum.share(content, offset, length, files.size(file) - position - length));
        }
        return length;
    }

    private static void put(FileChannel channel, ByteBuffer content, long position) throws IOException {
        long at = position;
        while (content.hasRemaining()) {
            at += channel.write(content, at);
        }
    }

    private FileChannel channel(int file) throws IOException {
        FileChannel known = open.get(file);
        if (known != null) {
            return known;
        }
        if (open.size() == OPEN_MAX) {
            Iterator<FileChannel> oldest = open.values().iterator();
            oldest.next().close();
            oldest.remove();
        }
        FileChannel channel = FileChannel.open(files.location(file), OPTIONS, PRIVATE);
        open.put(file, channel);
        return channel;
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
        FileChannel channel = channel(file);
        if (files.endsInHole(file)) {
            // One zero byte sets the length and leaves the hole before it.
            put(channel, ByteBuffer.wrap(ZERO), files.size(file) - 1);
        }
        open.remove(file);
        channel.close();
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
            for (FileChannel channel : open.values()) {
                channel.close();
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "close a restored file", e);
        } finally {
            open.clear();
        }
    }
}
