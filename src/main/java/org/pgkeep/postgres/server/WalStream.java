package org.pgkeep.postgres.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.postgresql.copy.CopyDual;

/**
 * WAL of one timeline as it comes from a server. For one thread. Ask {@link #next} with {@link Duration#ZERO} for what is there
 * already, with more to wait for it.
 *
 * <p>A caller that knows where the timeline ends ({@link org.pgkeep.postgres.TimelineHistory#endOf}) asks for no more when it has
 * all up to there, and calls {@link #end}. Where it cannot know, because the server is a standby that is being promoted, the end
 * of the timeline looks like a lost connection; the next session knows the new timeline.
 *
 * <p>Errors: {@code CONNECT} when the connection is lost, or the server says nothing for ten seconds in the middle of a message.
 */
public final class WalStream implements AutoCloseable {
    /** Microseconds since then are how the protocol tells time. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final ConnectionSettings settings;
    private final PatientSocket socket;
    private final CopyDual copy;
    private boolean ended;

    WalStream(ConnectionSettings settings, PatientSocket socket, CopyDual copy) {
        this.settings = settings;
        this.socket = socket;
        this.copy = copy;
    }

    /** The next message; waits for it at most so long, once begun until its end. */
    public WalMessage next(Duration atMost) {
        try {
            Optional<byte[]> there = Optional.ofNullable(copy.readFromCopy(false));
            if (there.isEmpty() && copy.isActive() && atMost.isPositive() && socket.await(atMost)) {
                // What came is a message, or the beginning of one: its end is waited for.
                there = Optional.ofNullable(copy.readFromCopy(true));
            }
            if (there.isEmpty() && !copy.isActive()) {
                throw new PgkeepException(ErrorCode.CONNECT, "the server ended the stream of WAL");
            }
            return there.map(WalStream::parse).orElseGet(WalMessage.Quiet::new);
        } catch (SQLException e) {
            if (ServerErrors.isRefusal(e)) {
                return new WalMessage.Removed(ServerErrors.reason(e));
            }
            throw ServerErrors.ofStream(settings, e);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.CONNECT, "wait for WAL from " + settings, e);
        }
    }

    private static WalMessage parse(byte[] message) {
        ByteBuffer buffer = ByteBuffer.wrap(message);
        byte type = buffer.get();
        return switch (type) {
            case 'w' -> data(buffer);
            case 'k' -> keepalive(buffer);
            default ->
                throw new PgkeepException(
                        ErrorCode.CONNECT,
                        "the server sent a message '" + (char) type + "' that is not of the streaming protocol");
        };
    }

    private static WalMessage data(ByteBuffer buffer) {
        Lsn start = new Lsn(buffer.getLong());
        Lsn serverEnd = new Lsn(buffer.getLong());
        buffer.getLong();
        return new WalMessage.Data(start, serverEnd, buffer.slice());
    }

    private static WalMessage keepalive(ByteBuffer buffer) {
        Lsn serverEnd = new Lsn(buffer.getLong());
        buffer.getLong();
        return new WalMessage.Keepalive(serverEnd, buffer.get() != 0);
    }

    /**
     * Tells the server how far this standby is: for a synchronous standby, commits up to {@code flushed} return.
     *
     * @param written up to where WAL has been received
     * @param flushed up to where it is durable; {@link Lsn#INVALID} as long as nothing is
     */
    public void confirm(Lsn written, Lsn flushed) {
        tell(written, flushed, false);
    }

    /** The same, and wants an answer at once. */
    public void ask(Lsn written, Lsn flushed) {
        tell(written, flushed, true);
    }

    /** The error for a server that does not answer. */
    public PgkeepException silent(Duration howLong) {
        return new PgkeepException(
                ErrorCode.CONNECT, "the server at " + settings + " has said nothing for " + howLong.toSeconds() + " s");
    }

    private void tell(Lsn written, Lsn flushed, boolean answerWanted) {
        ByteBuffer status = ByteBuffer.allocate(1 + 4 * Long.BYTES + 1)
                .put((byte) 'r')
                .putLong(written.value())
                .putLong(flushed.value())
                // Nothing is applied here: synchronous_commit = remote_apply must not wait for a standby of this kind.
                .putLong(Lsn.INVALID.value())
                .putLong(EPOCH.until(Instant.now(), ChronoUnit.MICROS))
                .put((byte) (answerWanted ? 1 : 0));
        try {
            copy.writeToCopy(status.array(), 0, status.capacity());
            copy.flushCopy();
        } catch (SQLException e) {
            throw ServerErrors.ofStream(settings, e);
        }
    }

    /** Ends the stream properly: the server reads all that was confirmed, and the session can be used again. */
    public void end() {
        try {
            if (copy.isActive()) {
                copy.endCopy();
            }
            ended = true;
        } catch (SQLException e) {
            throw ServerErrors.ofStream(settings, e);
        }
    }

    /** Without {@link #end} this cuts the session's connection: the way out after an error. */
    @Override
    public void close() {
        if (ended) {
            return;
        }
        try {
            socket.close();
        } catch (IOException _) {
            // It is the end of it either way.
        }
    }
}
