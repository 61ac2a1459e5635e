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

/** Lets another process do something at the worst moment: right before the first object of some name is written, after all looking. */
public final class Interposed implements Storage {
    private final Storage inner;
    private final String part;
    private final Runnable other;
    private final AtomicBoolean done = new AtomicBoolean();

    /** Before the first object is written whose name has this part. */
    public Interposed(Storage inner, String part, Runnable other) {
        this.inner = inner;
        this.part = part;
        this.other = other;
    }

    @Override
    public ObjectWriter write(ObjectName name) {
        interpose(name);
        return inner.write(name);
    }

    private void interpose(ObjectName name) {
        if (name.value().contains(part) && done.compareAndSet(false, true)) {
            other.run();
        }
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
    public Stream<String> names(String folder) {
        return inner.names(folder);
    }

    @Override
    public boolean delete(ObjectName name) {
        return inner.delete(name);
    }

    @Override
    public boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        interpose(name);
        return inner.replace(name, expectedVersion, content);
    }

    @Override
    public ObjectWriter rewrite(ObjectName name, String expectedVersion) {
        interpose(name);
        return inner.rewrite(name, expectedVersion);
    }

    @Override
    public long sweepAbandoned(String folder, Instant before) {
        return inner.sweepAbandoned(folder, before);
    }

    @Override
    public void close() {
        inner.close();
    }
}
