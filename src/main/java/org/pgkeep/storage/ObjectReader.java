package org.pgkeep.storage;

import java.nio.ByteBuffer;

/** An object open for reading. Thread-safe. */
public interface ObjectReader extends AutoCloseable {
    /** Length in bytes. */
    long size();

    /**
     * Fills the buffer from this offset.
     *
     * @throws org.pgkeep.error.PgkeepException {@code DAMAGED} when the object ends before the buffer is full
     */
    void read(long offset, ByteBuffer target);

    @Override
    void close();
}
