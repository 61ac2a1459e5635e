package org.pgkeep.storage.memory;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectWriter;

/** Gathers an object's bytes. */
final class MemoryWriter implements ObjectWriter {
    private final String location;
    private final Predicate<byte[]> commit;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private boolean ended;

    /** Whose bytes this takes, and says whether they became an object's. */
    MemoryWriter(String location, Predicate<byte[]> commit) {
        this.location = location;
        this.commit = commit;
    }

    @Override
    public void write(ByteBuffer bytes) {
        requireOpen();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        content.writeBytes(copy);
    }

    @Override
    public long size() {
        return content.size();
    }

    @Override
    public boolean commit() {
        requireOpen();
        ended = true;
        return commit.test(content.toByteArray());
    }

    private void requireOpen() {
        if (ended) {
            throw new PgkeepException(ErrorCode.BUG, "the writer of " + location + " is used after its end");
        }
    }

    @Override
    public void close() {
        ended = true;
    }
}
