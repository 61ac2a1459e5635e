package org.pgkeep.repository;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.proto.ManifestRecordProto;
import org.pgkeep.repository.proto.ManifestTrailerProto;
import org.pgkeep.storage.ObjectReader;

/** Reads a manifest as a stream, proving order, count and hash on the way. For one thread. */
public final class ManifestReader implements AutoCloseable {
    private static final byte ENTRY_TAG = (byte) (ManifestFormat.ENTRY << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);

    private final ObjectReader source;
    private final InputStream stream;
    private final String location;
    private final ManifestHeader header;
    private final Xxh3.Stream64 hash = Xxh3.stream64();
    private @Nullable PathName last;
    private long entries;
    private boolean ended;

    ManifestReader(ObjectReader source, String location) {
        this.source = source;
        this.location = location;
        try {
            this.stream = new BufferedInputStream(
                    new ZstdInputStreamNoFinalizer(new ObjectStreams.Input(source), RecyclingBufferPool.INSTANCE),
                    1 << 16);
        } catch (IOException e) {
            source.close();
            throw damaged("cannot be expanded").causedBy(e);
        }
        try {
            this.header = readHeader();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private ManifestHeader readHeader() {
        ManifestRecordProto first = parse(readBytes());
        if (!first.hasHeader()) {
            throw damaged("does not begin with a header");
        }
        return ManifestFormat.header(first.getHeader(), location);
    }

    /** What the manifest says of the whole backup. */
    public ManifestHeader header() {
        return header;
    }

    /**
     * The next entry; empty after the last, when the trailer was there and right.
     *
     * @throws PgkeepException {@code DAMAGED} when the stream breaks off or contradicts itself
     */
    public Optional<Entry> next() {
        if (ended) {
            return Optional.empty();
        }
        long before = hash.value();
        byte[] record = readBytes();
        Optional<Entry> next = entry(record);
        if (next.isEmpty()) {
            checkTrailer(parse(record).getTrailer(), before);
            ended = true;
            return Optional.empty();
        }
        Entry entry = next.get();
        if (last != null && last.compareTo(entry.path()) >= 0) {
            throw damaged("has " + entry.path() + " out of order");
        }
        last = entry.path();
        entries++;
        return Optional.of(entry);
    }

    /** The entry in a record; empty when it has the trailer. */
    private Optional<Entry> entry(byte[] record) {
        try {
            if (record.length > 0 && record[0] == ENTRY_TAG) {
                CodedInputStream in = CodedInputStream.newInstance(record, 1, record.length - 1);
                int limit = in.pushLimit(in.readRawVarint32());
                Entry entry = read(in);
                in.popLimit(limit);
                if (in.isAtEnd()) {
                    return Optional.of(entry);
                }
            }
            // A later version may have added to the record.
            ManifestRecordProto parsed = parse(record);
            if (parsed.hasTrailer()) {
                return Optional.empty();
            }
            if (!parsed.hasEntry()) {
                throw damaged("has a record of unknown kind");
            }
            return Optional.of(read(parsed.getEntry().toByteString().newCodedInput()));
        } catch (IOException e) {
            throw damaged("has a record that cannot be parsed").causedBy(e);
        }
    }

    private Entry read(CodedInputStream in) throws IOException {
        return EntryReader.read(in, header.sources().size(), location);
    }

    private void checkTrailer(ManifestTrailerProto trailer, long hashBefore) {
        if (trailer.getEntries() != entries) {
            throw damaged("has " + entries + " entries where its trailer says " + trailer.getEntries());
        }
        if (trailer.getHash() != hashBefore) {
            throw damaged("has another hash than its trailer says");
        }
        try {
            if (stream.read() >= 0) {
                throw damaged("goes on after its trailer");
            }
        } catch (IOException e) {
            throw damaged("cannot be expanded to its end: " + e.getMessage()).causedBy(e);
        }
    }

    private ManifestRecordProto parse(byte[] bytes) {
        try {
            return ManifestRecordProto.parseFrom(bytes);
        } catch (IOException e) {
            throw damaged("has a record that cannot be parsed").causedBy(e);
        }
    }

    private byte[] readBytes() {
        try {
            byte[] prefix = new byte[5];
            int length = 0;
            int used = 0;
            while (true) {
                int b = stream.read();
                if (b < 0 || used == prefix.length) {
                    throw damaged("breaks off before its trailer");
                }
                prefix[used] = (byte) b;
                length |= (b & 0x7F) << (7 * used);
                used++;
                if (b < 0x80) {
                    break;
                }
            }
            if (length < 0 || length > ManifestFormat.RECORD_BYTES_MAX) {
                throw damaged("has a record of impossible length");
            }
            byte[] bytes = stream.readNBytes(length);
            if (bytes.length < length) {
                throw damaged("breaks off before its trailer");
            }
            hash.put(prefix, 0, used);
            hash.put(bytes, 0, length);
            return bytes;
        } catch (IOException e) {
            throw damaged("cannot be expanded: " + e.getMessage()).causedBy(e);
        }
    }

    private PgkeepException damaged(String how) {
        return new PgkeepException(
                ErrorCode.DAMAGED, location + " " + how, "Run 'pgkeep verify' to see which backups are affected.");
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            throw damaged("cannot be closed").causedBy(e);
        } finally {
            source.close();
        }
    }
}
