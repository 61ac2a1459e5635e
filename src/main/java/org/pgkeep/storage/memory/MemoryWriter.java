package org.pgkeep.storage.memory;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectWriter;

/** Gathers an object's bytes. */
final class MemoryWriter implements ObjectWriter {
    private final MemoryStorage storage;
    private final ObjectName name;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private boolean ended;

    MemoryWriter(MemoryStorage storage, ObjectName name) {
        this.storage = storage;
        this.name = name;
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
        return storage.publish(name, content.toByteArray());
    }

    private void requireOpen() {
        if (ended) {
            throw new PgkeepException(
                    ErrorCode.BUG, "the writer of " + storage.location(name) + " is used after its end");
        }
    }

    @Override
    public void close() {
        ended = true;
    }
}
