package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** A file being written beside its future place, under a name that no list shows: {@code .<name>.<16 hex digits>.tmp}. */
final class TemporaryFile implements AutoCloseable {
    private static final String SUFFIX = ".tmp";
    /** Name, dots, digits and suffix together stay within the 255 bytes of a file name. */
    private static final int NAME_CHARACTERS_MAX = 255 - ".".length() - ".0123456789abcdef".length() - SUFFIX.length();

    private static final int ATTEMPTS_MAX = 100;

    /** So many zeros in a row are not written. */
    private static final int HOLE_BYTES = 1 << 16;

    private static final ByteBuffer ZEROS = ByteBuffer.allocate(HOLE_BYTES).asReadOnlyBuffer();

    private final Path path;
    private final FileChannel channel;
    private final PosixOptions options;
    private final WriteBack writeBack;
    private long sizeBytes;
    private boolean endsInHole;

    private TemporaryFile(Path path, FileChannel channel, PosixOptions options) {
        this.path = path;
        this.channel = channel;
        this.options = options;
        this.writeBack = new WriteBack(path);
    }

    /** Creates one, and the folders above it; another process may be removing them because they are empty. */
    static TemporaryFile beside(Path target, Folders folders, PosixOptions options) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            Path path = target.resolveSibling(name(String.valueOf(target.getFileName())));
            try {
                FileChannel channel = FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(options.fileMode()));
                var file = new TemporaryFile(path, channel, options);
                file.undoUmask();
                return file;
            } catch (NoSuchFileException e) {
                folders.make(Tree.parent(path));
            } catch (FileAlreadyExistsException e) {
                // Chance gave a name twice: another one.
            }
        }
        throw new PgkeepException(
                ErrorCode.STORAGE, "cannot write " + target + ": its folder is removed again and again");
    }

    private static String name(String target) {
        String start = target.length() > NAME_CHARACTERS_MAX ? target.substring(0, NAME_CHARACTERS_MAX) : target;
        return "." + start + "."
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()) + SUFFIX;
    }

    /** Whether a file's name is one of ours. */
    static boolean isName(String name) {
        return name.startsWith(".") && name.endsWith(SUFFIX) && name.matches("\\..+\\.[0-9a-f]{16}\\.tmp");
    }

    private void undoUmask() throws IOException {
        try {
            Files.setPosixFilePermissions(path, options.fileMode());
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** Zeros become holes: of a WAL segment that was left early, stored as it is, most is nothing else. */
    void write(ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            if (beginsWithZeros(content)) {
                content.position(content.position() + HOLE_BYTES);
                sizeBytes += HOLE_BYTES;
                endsInHole = true;
            } else {
                writeUpToZeros(content);
            }
        }
        if (options.durable()) {
            writeBack.grown(sizeBytes);
        }
    }

    private void writeUpToZeros(ByteBuffer content) throws IOException {
        int end = content.limit();
        int next = content.position();
        do {
            next = Math.min(next + HOLE_BYTES, end);
        } while (next < end && !beginsWithZeros(content.duplicate().position(next)));
        content.limit(next);
        while (content.hasRemaining()) {
            sizeBytes += channel.write(content, sizeBytes);
        }
        content.limit(end);
        endsInHole = false;
    }

    private static boolean beginsWithZeros(ByteBuffer content) {
        return content.remaining() >= HOLE_BYTES
                && content.getLong(content.position()) == 0
                && content.slice(content.position(), HOLE_BYTES).mismatch(ZEROS.duplicate()) < 0;
    }

    /**
     * Gives the finished file a modification time that makes its version unlike that of any file that had its name before. A file
     * system's clock ticks every few milliseconds and inode numbers are used again at once, so identity, time and size alone could
     * repeat. The digits below a millisecond are therefore this process's own clock: finer than any two commits are apart.
     *
     * @param after the time of the file that this one replaces: the stamp is later than it, also where the file system rounds
     * @return when the file was last written, by the file system's clock
     */
    Instant stamp(Instant after) throws IOException {
        if (endsInHole) {
            // Its last byte sets the length; now, because that changes the time.
            int _ = channel.write(ByteBuffer.allocate(1), sizeBytes - 1);
        }
        var view = Files.getFileAttributeView(path, BasicFileAttributeView.class);
        Instant now = Instant.now();
        Duration belowMillis = Duration.between(now.truncatedTo(ChronoUnit.MILLIS), now);
        Instant written = modified(view);
        Instant stamp = written.truncatedTo(ChronoUnit.MILLIS).plus(belowMillis);
        if (!stamp.isAfter(after)) {
            stamp = after.plusNanos(1_000);
        }
        setModified(view, stamp);
        if (!modified(view).isAfter(after)) {
            // A file system that keeps whole seconds, or even ones (FAT).
            setModified(view, after.plusSeconds(2));
        }
        return written;
    }

    private static Instant modified(BasicFileAttributeView view) throws IOException {
        return view.readAttributes().lastModifiedTime().toInstant();
    }

    private static void setModified(BasicFileAttributeView view, Instant time) throws IOException {
        view.setTimes(FileTime.from(time), null, null);
    }

    /** Puts content and stamp on disk and ends writing. After an error here the file must be given up: the kernel may not retry. */
    void finish() throws IOException {
        if (options.durable()) {
            channel.force(true);
        }
        writeBack.close();
        // Before the file gets its name: NFS reports a full disk here.
        channel.close();
    }

    /** Removes the temporary name; the content stays if it has got its own. */
    void unlink() throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        writeBack.close();
        try {
            channel.close();
        } finally {
            unlink();
        }
    }
}
