package org.pgkeep.restore;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageTraits;

/** A store whose reads fail from the n-th on, or that flips a bit of what a test points at. */
final class BrokenStorage implements Storage {
    private final Storage sound;
    private final AtomicLong readsLeft = new AtomicLong(Long.MAX_VALUE);
    private BiPredicate<ObjectName, Long> flip = (_, _) -> false;
    private BiPredicate<ObjectName, Long> missing = (_, _) -> false;

    private String truncated = "nothing";
    private long truncatedTo;
    private Runnable atRead = () -> {};

    BrokenStorage(Storage sound) {
        this.sound = sound;
    }

    void failAfter(long reads) {
        readsLeft.set(reads);
    }

    boolean hasFailed() {
        return readsLeft.get() < 0;
    }

    /** Reads of this object at or over this offset get a wrong byte. */
    void flip(String suffix, long offset) {
        flip = (name, at) -> name.value().endsWith(suffix) && at == offset;
    }

    /** This object ends early. */
    void truncate(String suffix, long bytes) {
        truncated = suffix;
        truncatedTo = bytes;
    }

    /** What to do at every read. */
    void atRead(Runnable action) {
        atRead = action;
    }

    void lose(String suffix) {
        missing = (name, _) -> name.value().endsWith(suffix);
    }

    @Override
    public Optional<ObjectReader> open(ObjectName name) {
        if (missing.test(name, 0L)) {
            return Optional.empty();
        }
        return sound.open(name).map(reader -> new Reader(name, reader));
    }

    private final class Reader implements ObjectReader {
        private final ObjectName name;
        private final ObjectReader reader;

        Reader(ObjectName name, ObjectReader reader) {
            this.name = name;
            this.reader = reader;
        }

        @Override
        public long size() {
            return name.value().endsWith(truncated) ? truncatedTo : reader.size();
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            if (readsLeft.decrementAndGet() < 0) {
                throw new PgkeepException(ErrorCode.STORAGE, "cannot read " + name + ": injected");
            }
            atRead.run();
            int start = target.position();
            reader.read(offset, target);
            for (int i = start; i < target.position(); i++) {
                if (flip.test(name, offset + i - start)) {
                    target.put(i, (byte) (target.get(i) ^ 1));
                }
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    @Override
    public StorageTraits traits() {
        return sound.traits();
    }

    @Override
    public String location(ObjectName name) {
        return sound.location(name);
    }

    @Override
    public ObjectWriter write(ObjectName name) {
        return sound.write(name);
    }

    @Override
    public Optional<ObjectInfo> info(ObjectName name) {
        return sound.info(name);
    }

    @Override
    public Stream<ObjectInfo> list(String folder) {
        return sound.list(folder);
    }

    @Override
    public Stream<String> children(String folder) {
        return sound.children(folder);
    }

    @Override
    public Stream<String> names(String folder) {
        return sound.names(folder);
    }

    @Override
    public boolean delete(ObjectName name) {
        return sound.delete(name);
    }

    @Override
    public ObjectWriter rewrite(ObjectName name, String expectedVersion) {
        return sound.rewrite(name, expectedVersion);
    }

    @Override
    public boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        return sound.replace(name, expectedVersion, content);
    }

    @Override
    public long sweepAbandoned(String folder, Instant before) {
        return sound.sweepAbandoned(folder, before);
    }

    @Override
    public void close() {
        sound.close();
    }
}
