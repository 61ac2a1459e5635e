package org.pgkeep.storage.memory;

import java.nio.ByteBuffer;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectReader;

/** Reads an object's bytes, which never change. */
final class MemoryReader implements ObjectReader {
    private final String location;
    private final byte[] content;

    MemoryReader(String location, byte[] content) {
        this.location = location;
        this.content = content;
    }

    @Override
    public long size() {
        return content.length;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0 || offset > content.length || content.length - offset < target.remaining()) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    location + " has " + content.length + " bytes, but " + target.remaining() + " are wanted from "
                            + offset);
        }
        target.put(content, (int) offset, target.remaining());
    }

    @Override
    public void close() {}
}
