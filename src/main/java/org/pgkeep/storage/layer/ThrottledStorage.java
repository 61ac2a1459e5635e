package org.pgkeep.storage.layer;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageTraits;

/** A store that is read no faster than a {@link Throttle} lets; everything else goes as fast as it can. */
public final class ThrottledStorage implements Storage {
    private final Storage inner;
    private final Throttle throttle;

    /** Takes the store over: closing this closes it. */
    public ThrottledStorage(Storage inner, Throttle throttle) {
        this.inner = inner;
        this.throttle = throttle;
    }

    @Override
    public Optional<ObjectReader> open(ObjectName name) {
        return inner.open(name).map(Reader::new);
    }

    private final class Reader implements ObjectReader {
        private final ObjectReader reader;

        Reader(ObjectReader reader) {
            this.reader = reader;
        }

        @Override
        public long size() {
            return reader.size();
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            throttle.pass(target.remaining());
            reader.read(offset, target);
        }

        @Override
        public void close() {
            reader.close();
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
    public ObjectWriter write(ObjectName name) {
        return inner.write(name);
    }

    @Override
    public ObjectWriter rewrite(ObjectName name, String expectedVersion) {
        return inner.rewrite(name, expectedVersion);
    }

    @Override
    public boolean create(ObjectName name, byte[] content) {
        return inner.create(name, content);
    }

    @Override
    public boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        return inner.replace(name, expectedVersion, content);
    }

    @Override
    public boolean delete(ObjectName name) {
        return inner.delete(name);
    }

    @Override
    public List<ObjectName> deleteAll(List<ObjectName> names) {
        return inner.deleteAll(names);
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
