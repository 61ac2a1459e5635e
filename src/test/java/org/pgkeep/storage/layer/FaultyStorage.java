package org.pgkeep.storage.layer;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageTraits;

/**
 * Breaks one step of what is done with a store. Run a scenario with n = 1, 2, 3 … until {@link #fired()} stays {@code false}: then it was
 * broken everywhere. Afterwards look at the wrapped store, which is what a new process would find.
 */
public final class FaultyStorage implements Storage {
    private final Storage inner;
    private final Fault fault;
    private final long at;
    private final long seed;
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong deadly = new AtomicLong();
    private String deadlyEnd = "";
    private volatile boolean fired;
    private volatile boolean crashed;

    /**
     * Breaks the n-th step that this fault can break.
     *
     * @param at from 1
     * @param seed of the bit that flips and the length that is left
     */
    public FaultyStorage(Storage inner, Fault fault, long at, long seed) {
        this.inner = inner;
        this.fault = fault;
        this.at = at;
        this.seed = seed;
    }

    /** Dies before the n-th object whose name ends so appears. */
    public static FaultyStorage dyingBefore(Storage inner, String nameEnd, int nth) {
        FaultyStorage storage = new FaultyStorage(inner, Fault.CRASH, Long.MAX_VALUE, 0);
        storage.deadlyEnd = nameEnd;
        storage.deadly.set(nth);
        return storage;
    }

    private void dieBefore(ObjectName name) {
        if (!deadlyEnd.isEmpty() && name.value().endsWith(deadlyEnd) && deadly.decrementAndGet() == 0) {
            fired = true;
            throw failure(Step.COMMIT);
        }
    }

    /** What can go wrong. */
    public enum Fault {
        /** The step fails without effect; what follows works. */
        FAIL,
        /** A change happens and is reported as failed. */
        FAIL_AFTER,
        /** The process dies before the step: it and all that follow throw {@link Crash}. */
        CRASH,
        /** The process dies right after a change. */
        CRASH_AFTER,
        /** The store keeps only the front part of what it is given, and reports success. */
        TEAR,
        /** The store reports a change that it does not make. */
        LOSE,
        /** One bit of what is stored or read is another. */
        FLIP;

        private boolean canBreak(Step step) {
            return switch (this) {
                case FAIL, CRASH -> true;
                case FAIL_AFTER, CRASH_AFTER, LOSE -> step.isChange();
                case TEAR -> step.stores();
                case FLIP -> step.stores() || step == Step.READ;
            };
        }
    }

    private enum Step {
        START,
        WRITE,
        COMMIT,
        CREATE,
        REPLACE,
        DELETE,
        OPEN,
        READ,
        INFO,
        LIST,
        SWEEP;

        private boolean isChange() {
            return this == COMMIT || this == CREATE || this == REPLACE || this == DELETE;
        }

        private boolean stores() {
            return this == WRITE || this == CREATE || this == REPLACE;
        }
    }

    /** The death of the process, as its code sees it: not an error of the product, so that nothing handles it as one. */
    public static final class Crash extends RuntimeException {
        private Crash(String message) {
            super(message);
        }
    }

    /** Whether the fault came to pass. */
    public boolean fired() {
        return fired;
    }

    /** How many steps there were that this fault could break. */
    public long steps() {
        return steps.get();
    }

    /** What is needed to run this again. */
    @Override
    public String toString() {
        return fault + " at step " + at + ", seed " + seed;
    }

    @Override
    public StorageTraits traits() {
        return inner.traits();
    }

    @Override
    public String location(ObjectName name) {
        return inner.location(name);
    }

    @Override
    public ObjectWriter write(ObjectName name) {
        return answer(Step.START, () -> new FaultyWriter(name, inner.write(name)));
    }

    @Override
    public Optional<ObjectReader> open(ObjectName name) {
        return answer(Step.OPEN, () -> inner.open(name).map(FaultyReader::new));
    }

    @Override
    public Optional<ObjectInfo> info(ObjectName name) {
        return answer(Step.INFO, () -> inner.info(name));
    }

    @Override
    public Stream<ObjectInfo> list(String folder) {
        return answer(Step.LIST, () -> inner.list(folder).peek(_ -> requireAlive()));
    }

    @Override
    public Stream<String> children(String folder) {
        return answer(Step.LIST, () -> inner.children(folder).peek(_ -> requireAlive()));
    }

    @Override
    public Stream<String> names(String folder) {
        return answer(Step.LIST, () -> inner.names(folder).peek(_ -> requireAlive()));
    }

    @Override
    public boolean create(ObjectName name, byte[] content) {
        dieBefore(name);
        return change(Step.CREATE, spoiling -> inner.create(name, spoiling ? spoilt(content) : content));
    }

    @Override
    public boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        return change(
                Step.REPLACE, spoiling -> inner.replace(name, expectedVersion, spoiling ? spoilt(content) : content));
    }

    @Override
    public ObjectWriter rewrite(ObjectName name, String expectedVersion) {
        return answer(Step.START, () -> new FaultyWriter(name, inner.rewrite(name, expectedVersion)));
    }

    @Override
    public boolean delete(ObjectName name) {
        return change(Step.DELETE, _ -> inner.delete(name));
    }

    @Override
    public long sweepAbandoned(String folder, Instant before) {
        return answer(Step.SWEEP, () -> inner.sweepAbandoned(folder, before));
    }

    @Override
    public void close() {
        if (!crashed) {
            inner.close();
        }
    }

    private <T> T answer(Step step, Supplier<T> question) {
        if (hits(step)) {
            throw failure(step);
        }
        return question.get();
    }

    private boolean change(Step step, Change change) {
        if (!hits(step)) {
            return change.make(false);
        }
        return switch (fault) {
            case FAIL, CRASH -> throw failure(step);
            case FAIL_AFTER, CRASH_AFTER -> {
                change.make(false);
                throw failure(step);
            }
            case LOSE -> true;
            case TEAR, FLIP -> change.make(true);
        };
    }

    /** Counts a step, and says whether it is the one to break. */
    private boolean hits(Step step) {
        requireAlive();
        if (!fault.canBreak(step) || steps.incrementAndGet() != at) {
            return false;
        }
        fired = true;
        return true;
    }

    private void requireAlive() {
        if (crashed) {
            throw new Crash("the process is dead: " + this);
        }
    }

    private RuntimeException failure(Step step) {
        if (fault == Fault.CRASH || fault == Fault.CRASH_AFTER) {
            crashed = true;
            return new Crash("crash in " + step + ": " + this);
        }
        return new PgkeepException(ErrorCode.STORAGE, "injected failure in " + step + ": " + this);
    }

    private byte[] spoilt(byte[] content) {
        Random random = new Random(seed);
        if (content.length == 0) {
            return content;
        }
        if (fault == Fault.TEAR) {
            return Arrays.copyOf(content, random.nextInt(content.length));
        }
        byte[] flipped = content.clone();
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private static byte[] remaining(ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    @FunctionalInterface
    private interface Change {
        boolean make(boolean spoiling);
    }

    private final class FaultyWriter implements ObjectWriter {
        private final ObjectName name;
        private final ObjectWriter writer;
        private long size;
        private boolean torn;

        FaultyWriter(ObjectName name, ObjectWriter writer) {
            this.name = name;
            this.writer = writer;
        }

        @Override
        public void write(ByteBuffer content) {
            boolean hit = content.hasRemaining() && hits(Step.WRITE);
            if (hit && fault != Fault.TEAR && fault != Fault.FLIP) {
                throw failure(Step.WRITE);
            }
            size += content.remaining();
            if (torn) {
                content.position(content.limit());
            } else if (hit) {
                writer.write(ByteBuffer.wrap(spoilt(remaining(content))));
                torn = fault == Fault.TEAR;
            } else {
                writer.write(content);
            }
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public boolean commit() {
            dieBefore(name);
            BooleanSupplier commit = writer::commit;
            return change(Step.COMMIT, _ -> commit.getAsBoolean());
        }

        @Override
        public void close() {
            // A dead process cleans nothing up.
            if (!crashed) {
                writer.close();
            }
        }
    }

    private final class FaultyReader implements ObjectReader {
        private final ObjectReader reader;

        FaultyReader(ObjectReader reader) {
            this.reader = reader;
        }

        @Override
        public long size() {
            return reader.size();
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            boolean hit = target.hasRemaining() && hits(Step.READ);
            if (hit && fault != Fault.FLIP) {
                throw failure(Step.READ);
            }
            if (hit) {
                ByteBuffer read = ByteBuffer.allocate(target.remaining());
                reader.read(offset, read);
                target.put(spoilt(read.array()));
            } else {
                reader.read(offset, target);
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
