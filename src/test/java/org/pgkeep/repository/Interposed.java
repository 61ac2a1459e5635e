package org.pgkeep.repository;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageTraits;

/** Lets another process do something at the worst moment: when the first WAL object is begun, after all looking. */
final class Interposed implements Storage {
    private final Storage inner;
    private final Runnable other;
    private final AtomicBoolean done = new AtomicBoolean();

    Interposed(Storage inner, Runnable other) {
        this.inner = inner;
        this.other = other;
    }

    @Override
    public ObjectWriter write(ObjectName name) {
        if (name.value().contains("/wal/") && done.compareAndSet(false, true)) {
            other.run();
        }
        return inner.write(name);
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
    public Optional<ObjectReader> open(ObjectName name) {
        return inner.open(name);
    }

    @Override
    public Optional<ObjectInfo> info(ObjectName name) {
        return inner.info(name);
    }

    @Override
    public Stream<ObjectInfo> list(String folder) {
        return inner.list(folder);
    }

    @Override
    public Stream<String> children(String folder) {
        return inner.children(folder);
    }

    @Override
    public boolean delete(ObjectName name) {
        return inner.delete(name);
    }

    @Override
    public boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        return inner.replace(name, expectedVersion, content);
    }

    @Override
    public long sweepAbandoned(Instant before) {
        return inner.sweepAbandoned(before);
    }

    @Override
    public void close() {
        inner.close();
    }
}
