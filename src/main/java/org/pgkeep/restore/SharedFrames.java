package org.pgkeep.restore;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Cores;
import org.pgkeep.repository.PackReader;

/**
 * One worker's way to the frames that all share: what another reads it waits for, and has its core used meanwhile, but not while another opens a
 * pack. For one thread.
 */
final class SharedFrames {
    private final ClusterStore cluster;
    private final OpenPacks packs;
    private final FrameCache cache;
    private final Spares spares;
    private final PackReader.FrameBuffer buffer;
    private final Cores.Core core;

    /**
     * Nothing is read yet.
     *
     * @param cluster where the frames are
     * @param spares asked for frames that are damaged there
     * @param core the worker's
     */
    SharedFrames(
            ClusterStore cluster,
            OpenPacks packs,
            FrameCache cache,
            Spares spares,
            PackReader.FrameBuffer buffer,
            Cores.Core core) {
        this.cluster = cluster;
        this.packs = packs;
        this.cache = cache;
        this.spares = spares;
        this.buffer = buffer;
        this.core = core;
    }

    /**
     * Does something with a frame; after an error that says that it is damaged again, with the same frame of another repository. So nothing
     * may have changed before that.
     */
    <T> T with(long frame, Function<HeldFrame, T> work) {
        try {
            return with(cluster, frame, work);
        } catch (PgkeepException e) {
            return spares.instead(e, other -> with(other, frame, work));
        }
    }

    private <T> T with(ClusterStore store, long frame, Function<HeldFrame, T> work) {
        HeldFrame held = cache.take(new HeldFrame.Key(store, frame));
        try {
            return work.apply(held);
        } finally {
            cache.release(held);
        }
    }

    /** What the frame's index says. */
    HeldFrame.Description description(HeldFrame held) {
        HeldFrame.Description known = held.description();
        while (known == null) {
            readUnlessAnotherDoes(held, this::describe);
            known = held.description();
        }
        return known;
    }

    /** A frame's content, proved; valid until the work with it ends. */
    byte[] content(HeldFrame held) {
        byte[] known = held.content();
        while (known == null) {
            readUnlessAnotherDoes(held, this::fill);
            known = held.content();
        }
        return known;
    }

    /**
     * Reads those frames of a part that nobody has read and nobody reads, before any of them is waited for: so workers who need the same share
     * the work. What fails here fails again for who needs it.
     */
    void prepare(FrameRun run, int from, int to) {
        for (int piece = from; piece < to; piece++) {
            if (run.frame(piece) != Piece.NO_FRAME && (piece == from || run.frame(piece) != run.frame(piece - 1))) {
                prepare(run.frame(piece));
            }
        }
    }

    private void prepare(long frame) {
        HeldFrame held = cache.take(new HeldFrame.Key(cluster, frame));
        try {
            if (held.content() == null && held.reading().tryLock()) {
                try {
                    fill(held);
                } finally {
                    held.reading().unlock();
                }
            }
        } catch (PgkeepException e) {
            if (!Spares.isDamage(e)) {
                throw e;
            }
        } finally {
            cache.release(held);
        }
    }

    private void readUnlessAnotherDoes(HeldFrame held, Consumer<HeldFrame> reading) {
        ReentrantLock lock = held.reading();
        if (!lock.tryLock()) {
            await(held);
            return;
        }
        try {
            reading.accept(held);
        } finally {
            lock.unlock();
        }
    }

    private void await(HeldFrame held) {
        ReentrantLock lock = held.reading();
        try {
            boolean _ = core.without(() -> {
                lock.lock();
                try {
                    return true;
                } finally {
                    lock.unlock();
                }
            });
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "waiting for a frame failed").causedBy(e);
        }
    }

    private void describe(HeldFrame held) {
        if (held.description() == null) {
            withPack(held, pack -> {});
        }
    }

    private void fill(HeldFrame held) {
        if (held.content() == null) {
            withPack(held, pack -> read(pack, held));
        }
    }

    private void withPack(HeldFrame held, Consumer<PackReader> user) {
        long frame = held.key().number();
        SharedPack pack = packs.take(frame);
        try {
            PackReader reader = pack.reader(held.key().store());
            held.describe(new HeldFrame.Description(reader.frame(Piece.frame(frame)), reader.location()));
            user.accept(reader);
        } finally {
            packs.release(pack);
        }
    }

    private void read(PackReader pack, HeldFrame held) {
        byte[] room = cache.room();
        try {
            pack.read(Piece.frame(held.key().number()), buffer, room);
        } catch (RuntimeException e) {
            cache.giveBack(room);
            if (e instanceof PgkeepException damage && Spares.isDamage(damage)) {
                held.fail(damage);
            }
            throw e;
        }
        held.fill(room);
    }
}
