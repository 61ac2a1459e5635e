package org.pgkeep.storage;

import java.nio.ByteBuffer;

/** An object being written by one thread. Closing without {@link #commit()} abandons it. */
public interface ObjectWriter extends AutoCloseable {
    /** Appends all remaining bytes. A direct buffer spares a copy. */
    void write(ByteBuffer content);

    /** Bytes written so far. */
    long size();

    /**
     * Makes the object durable and visible under its name, atomically; {@code false}, leaving the other untouched, if an object
     * of that name exists already: then that one is durable when this returns, also if its writer has not been told yet. Nothing may
     * be written afterwards ({@code BUG}).
     */
    boolean commit();

    @Override
    void close();
}
