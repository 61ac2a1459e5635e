package org.pgkeep.storage.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectWriter;

/** Writes an object beside its place, then gives it its name. */
final class PosixWriter implements ObjectWriter {
    private final Path target;
    private final Folders folders;
    private final Instant after;
    private final Naming naming;
    private final TemporaryFile file;
    private boolean ended;

    /** How a finished file gets its name; false, changing nothing, if it may not have it. */
    interface Naming {
        boolean give(Path temporary, Path target) throws IOException;
    }

    /**
     * Begins an object.
     *
     * @param after the time of the file that it replaces
     */
    PosixWriter(Path target, Folders folders, Instant after, Naming naming, PosixOptions options) {
        this.target = target;
        this.folders = folders;
        this.after = after;
        this.naming = naming;
        try {
            this.file = TemporaryFile.beside(target, folders, options);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void write(ByteBuffer content) {
        requireOpen();
        try {
            file.write(content);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public long size() {
        return file.sizeBytes();
    }

    @Override
    public boolean commit() {
        requireOpen();
        try {
            Instant written = file.stamp(after);
            file.finish();
            folders.makeDurable(folder(), written);
            boolean published = naming.give(file.path(), target);
            ended = true;
            file.unlink();
            // Also when another was first: it must not be reported as there before it is certain to stay.
            folders.syncNearest(folder());
            if (!published) {
                folders.prune(folder());
            }
            return published;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void requireOpen() {
        if (ended) {
            throw new PgkeepException(ErrorCode.BUG, "the writer of " + target + " is used after its end");
        }
    }

    private Path folder() {
        return Tree.parent(target);
    }

    private PgkeepException failure(IOException e) {
        return PosixFailure.of("write " + target, e);
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            file.close();
        } catch (IOException e) {
            throw PosixFailure.of("remove " + file.path(), e);
        }
        folders.prune(folder());
    }
}
