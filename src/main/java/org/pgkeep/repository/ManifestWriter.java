package org.pgkeep.repository;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.proto.ManifestRecordProto;
import org.pgkeep.repository.proto.ManifestTrailerProto;
import org.pgkeep.storage.ObjectWriter;

/** Writes a manifest as a stream: header, entries in path order, trailer. For one thread. */
public final class ManifestWriter implements AutoCloseable {
    private static final int LEVEL = 3;

    private final ObjectWriter target;
    private final OutputStream stream;
    private final Xxh3.Stream64 hash = Xxh3.stream64();
    private final ByteArrayOutputStream record = new ByteArrayOutputStream();
    private @Nullable PathName last;
    private long entries;

    ManifestWriter(ObjectWriter target, ManifestHeader header) {
        this.target = target;
        try {
            this.stream = new ZstdOutputStreamNoFinalizer(
                            new ObjectStreams.Output(target), RecyclingBufferPool.INSTANCE, LEVEL)
                    .setChecksum(true);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "cannot start a zstd stream").causedBy(e);
        }
        write(ManifestRecordProto.newBuilder()
                .setHeader(ManifestFormat.proto(header))
                .build());
    }

    /** Adds an entry; its path must follow the previous one's. */
    public void add(Entry entry) {
        if (last != null && last.compareTo(entry.path()) >= 0) {
            throw new PgkeepException(ErrorCode.BUG, "manifest entry " + entry.path() + " does not follow " + last);
        }
        last = entry.path();
        entries++;
        byte[] bytes = EntryWriter.bytes(entry);
        write(record -> {
            record.writeUInt32NoTag(CodedOutputStream.computeByteArraySize(ManifestFormat.ENTRY, bytes));
            record.writeByteArray(ManifestFormat.ENTRY, bytes);
        });
    }

    private void write(ManifestRecordProto proto) {
        write(record -> {
            record.writeUInt32NoTag(proto.getSerializedSize());
            proto.writeTo(record);
        });
    }

    /** Writes a record, its length first. */
    private interface Content {
        void writeTo(CodedOutputStream target) throws IOException;
    }

    private void write(Content content) {
        try {
            record.reset();
            CodedOutputStream coded = CodedOutputStream.newInstance(record);
            content.writeTo(coded);
            coded.flush();
            byte[] bytes = record.toByteArray();
            hash.put(bytes, 0, bytes.length);
            stream.write(bytes);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.STORAGE, "cannot write the manifest: " + e.getMessage()).causedBy(e);
        }
    }

    /** Ends the manifest and makes it durable. */
    public void finish() {
        ManifestTrailerProto trailer = ManifestTrailerProto.newBuilder()
                .setEntries(entries)
                .setHash(hash.value())
                .build();
        write(ManifestRecordProto.newBuilder().setTrailer(trailer).build());
        try {
            stream.close();
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.STORAGE, "cannot write the manifest: " + e.getMessage()).causedBy(e);
        }
        if (!target.commit()) {
            throw new PgkeepException(
                    ErrorCode.CONFLICT, "the manifest is already there: another process writes the same backup");
        }
    }

    /** Bytes stored so far. */
    public long storedBytes() {
        return target.size();
    }

    @Override
    public void close() {
        target.close();
    }
}
