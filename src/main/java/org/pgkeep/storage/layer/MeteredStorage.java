package org.pgkeep.storage.layer;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageTraits;

/** Counts what is asked of a store, and what of it came about. */
public final class MeteredStorage implements Storage {
    private final Storage inner;
    private final LongAdder written = new LongAdder();
    private final LongAdder replaced = new LongAdder();
    private final LongAdder deleted = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder opened = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder bytesRead = new LongAdder();
    private final LongAdder looked = new LongAdder();
    private final LongAdder listed = new LongAdder();

    /** Takes the store over: closing this closes it. */
    public MeteredStorage(Storage inner) {
        this.inner = inner;
    }

    /** The counts so far; while others work, not all of one moment. */
    public StorageUse use() {
        return new StorageUse(
                written.sum(),
                replaced.sum(),
                deleted.sum(),
                bytesWritten.sum(),
                opened.sum(),
                reads.sum(),
                bytesRead.sum(),
                looked.sum(),
                listed.sum());
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
        return new Writer(inner.write(name), written);
    }

    @Override
    public Optional<ObjectReader> open(ObjectName name) {
        return inner.open(name).map(reader -> {
            opened.increment();
            return new Reader(reader);
        });
    }

    @Override
    public Optional<ObjectInfo> info(ObjectName name) {
        looked.increment();
        return inner.info(name);
    }

    @Override
    public Stream<ObjectInfo> list(String folder) {
        listed.increment();
        return inner.list(folder);
    }

    @Override
    public Stream<String> children(String folder) {
        listed.increment();
        return inner.children(folder);
    }

    @Override
    public Stream<String> names(String folder) {
        listed.increment();
        return inner.names(folder);
    }

    @Override
    public boolean create(ObjectName name, byte[] content) {
        bytesWritten.add(content.length);
        return counted(inner.create(name, content), written);
    }

    @Override
    public boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        bytesWritten.add(content.length);
        return counted(inner.replace(name, expectedVersion, content), replaced);
    }

    @Override
    public ObjectWriter rewrite(ObjectName name, String expectedVersion) {
        return new Writer(inner.rewrite(name, expectedVersion), replaced);
    }

    @Override
    public boolean delete(ObjectName name) {
        return counted(inner.delete(name), deleted);
    }

    @Override
    public List<ObjectName> deleteAll(List<ObjectName> names) {
        List<ObjectName> gone = inner.deleteAll(names);
        deleted.add(gone.size());
        return gone;
    }

    private static boolean counted(boolean happened, LongAdder count) {
        count.add(happened ? 1 : 0);
        return happened;
    }

    @Override
    public long sweepAbandoned(String folder, Instant before) {
        return inner.sweepAbandoned(folder, before);
    }

    @Override
    public void close() {
        inner.close();
    }

    private final class Writer implements ObjectWriter {
        private final ObjectWriter writer;
        private final LongAdder commits;

        Writer(ObjectWriter writer, LongAdder commits) {
            this.writer = writer;
            this.commits = commits;
        }

        @Override
        public void write(ByteBuffer content) {
            int bytes = content.remaining();
            writer.write(content);
            bytesWritten.add(bytes);
        }

        @Override
        public long size() {
            return writer.size();
        }

        @Override
        public boolean commit() {
            return counted(writer.commit(), commits);
        }

        @Override
        public void close() {
            writer.close();
        }
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
            int bytes = target.remaining();
            reader.read(offset, target);
            reads.increment();
            bytesRead.add(bytes);
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
