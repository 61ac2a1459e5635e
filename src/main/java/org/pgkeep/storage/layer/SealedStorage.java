package org.pgkeep.storage.layer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pgkeep.codec.seal.Chance;
import org.pgkeep.codec.seal.DataKey;
import org.pgkeep.codec.seal.ObjectKey;
import org.pgkeep.codec.seal.SliceCipher;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageTraits;

/**
 * A store whose objects are sealed in the store below ({@code docs/formats/sealing.md}). Here they are as they were written: contents,
 * lengths, and nothing else; names stay. An object that is not sealed, or not with this key, or under another name, is
 * {@code DAMAGED}, but for the one that is plain because the key itself is in it.
 */
public final class SealedStorage implements Storage {
    private final Storage inner;
    private final DataKey key;
    private final ObjectName plain;
    private final Chance chance;
    private final CipherPool ciphers = new CipherPool();

    /**
     * Takes the store over: closing this closes it.
     *
     * @param plain the object that is not sealed
     */
    public SealedStorage(Storage inner, DataKey key, ObjectName plain, Chance chance) {
        this.inner = inner;
        this.key = key;
        this.plain = plain;
        this.chance = chance;
    }

    /**
     * Proves, without the key, that an object of a sealed store is whole and as it was written.
     *
     * @throws PgkeepException {@code DAMAGED}, {@code TOO_NEW}
     */
    public static void scrub(ObjectReader object, String location) {
        SealedShell.read(object, location).scrub(object, location);
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
        ObjectWriter writer = inner.write(name);
        return name.equals(plain) ? writer : new Writer(name, writer);
    }

    @Override
    public ObjectWriter rewrite(ObjectName name, String expectedVersion) {
        ObjectWriter writer = inner.rewrite(name, expectedVersion);
        return name.equals(plain) ? writer : new Writer(name, writer);
    }

    private SealedOutput output(ObjectName name, SliceCipher cipher, Consumer<ByteBuffer> target) {
        byte[] salt = chance.bytes(DataKey.SALT_BYTES);
        ObjectKey objectKey = key.objectKey(salt, name.value());
        return new SealedOutput(cipher, objectKey, SealedShell.header(key.id(), salt), target);
    }

    @Override
    public Optional<ObjectReader> open(ObjectName name) {
        Optional<ObjectReader> reader = inner.open(name);
        return name.equals(plain) ? reader : reader.map(object -> open(name, object));
    }

    private ObjectReader open(ObjectName name, ObjectReader object) {
        CipherPool.Tools tools = ciphers.take();
        try {
            String location = location(name);
            SealedShell shell = SealedShell.read(object, location);
            ObjectKey objectKey = shell.open(key, tools.cipher(), name, location);
            return new SealedReader(object, objectKey, shell.contentBytes(), ciphers, location);
        } catch (RuntimeException e) {
            object.close();
            throw e;
        } finally {
            ciphers.giveBack(tools);
        }
    }

    @Override
    public Optional<ObjectInfo> info(ObjectName name) {
        return inner.info(name).map(this::ofContent);
    }

    @Override
    public Stream<ObjectInfo> list(String folder) {
        return inner.list(folder).map(this::ofContent);
    }

    private ObjectInfo ofContent(ObjectInfo info) {
        return info.name().equals(plain)
                ? info
                : new ObjectInfo(
                        info.name(), SealedShell.contentBytes(info.sizeBytes()), info.modified(), info.version());
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
    public boolean replace(ObjectName name, String expectedVersion, byte[] content) {
        return inner.replace(name, expectedVersion, name.equals(plain) ? content : sealed(name, content));
    }

    private byte[] sealed(ObjectName name, byte[] content) {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        CipherPool.Tools tools = ciphers.take();
        try {
            SealedOutput output = output(
                    name,
                    tools.cipher(),
                    bytes -> stored.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining()));
            output.put(ByteBuffer.wrap(content));
            output.finish();
            return stored.toByteArray();
        } finally {
            ciphers.giveBack(tools);
        }
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

    private final class Writer implements ObjectWriter {
        private final ObjectWriter writer;
        private final SealedOutput output;
        private boolean committed;

        Writer(ObjectName name, ObjectWriter writer) {
            this.writer = writer;
            this.output = output(name, new SliceCipher(), writer::write);
        }

        @Override
        public void write(ByteBuffer content) {
            requireOpen();
            output.put(content);
        }

        @Override
        public long size() {
            return output.contentBytes();
        }

        @Override
        public boolean commit() {
            requireOpen();
            output.finish();
            committed = true;
            return writer.commit();
        }

        private void requireOpen() {
            if (committed) {
                throw new PgkeepException(ErrorCode.BUG, "a sealed object is used after its commit");
            }
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
