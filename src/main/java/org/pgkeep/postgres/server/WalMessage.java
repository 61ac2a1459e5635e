package org.pgkeep.postgres.server;

import java.nio.ByteBuffer;
import org.pgkeep.postgres.Lsn;

/** What a server says while it streams WAL (documentation, "Streaming Replication Protocol"). */
public sealed interface WalMessage {
    /**
     * WAL, at most 128 KiB; never across the end of a segment that the server had not completed when it sent it.
     *
     * @param start LSN of the first byte
     * @param serverEnd the end of the server's WAL
     * @param bytes the WAL; the caller's own
     */
    record Data(Lsn start, Lsn serverEnd, ByteBuffer bytes) implements WalMessage {
        /** The LSN after the last byte; asked before the bytes are read. */
        public Lsn end() {
            return start.plus(bytes.remaining());
        }
    }

    /**
     * The server lives.
     *
     * @param serverEnd the end of the server's WAL
     * @param replyRequested whether it wants a status at once, or else may end the connection
     */
    record Keepalive(Lsn serverEnd, boolean replyRequested) implements WalMessage {}

    /** Nothing came in the time that was given. */
    record Quiet() implements WalMessage {}

    /**
     * The server does not send the WAL that was asked for; the stream has ended. The reason hardly ever is another than that it has
     * removed it.
     *
     * @param reason the server's words, which name the segment
     */
    record Removed(String reason) implements WalMessage {}
}
