package org.pgkeep.repository;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.proto.FrameProto;
import org.pgkeep.repository.proto.PackIndexProto;
import org.pgkeep.repository.proto.PartProto;
import org.pgkeep.storage.ObjectReader;

/** Bytes of a pack outside its frames: {@code docs/formats/pack.md}. What is checked before a write is checked after a read. */
final class PackFormat {
    static final int VERSION = 1;
    static final int HEADER_BYTES = 16;
    static final int FOOTER_BYTES = 40;
    private static final int HASHED_FOOTER_BYTES = 24;
    private static final long HEADER_MAGIC = 0x4b43_4150_5045_4b50L; // "PKEPPACK", lowest byte first
    private static final long FOOTER_MAGIC = 0x444e_4550_5045_4b50L; // "PKEPPEND"

    /** A pack closes after so many frames, however small, so that its index fits into memory: 4 GiB of content. */
    static final int FRAMES_MAX = 4096;

    /** An index that is longer, before it is compressed, is none. */
    static final int INDEX_BYTES_MAX = 1 << 27;

    /** More than the numbers of a frame, or of a part of one, take in the index. */
    private static final int NUMBERS_BYTES_MAX = 64;

    private PackFormat() {}

    static ByteBuffer header() {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return header.putLong(HEADER_MAGIC).putInt(VERSION).putInt(0).flip();
    }

    /** At most so many bytes of the index, before it is compressed, are about this frame. */
    static long indexBytes(Frame frame) {
        long bytes = NUMBERS_BYTES_MAX + (long) frame.contentBlocks() * Long.BYTES;
        for (Part part : frame.parts()) {
            bytes += NUMBERS_BYTES_MAX + part.path().bytes().length;
        }
        return bytes;
    }

    /** Index and footer as they end the pack. */
    static ByteBuffer end(List<Frame> frames, long indexOffset) {
        byte[] content = proto(frames).toByteArray();
        byte[] stored = Zstd.compress(content, 3);
        ByteBuffer end = ByteBuffer.allocate(stored.length + FOOTER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        end.put(stored);
        end.putLong(indexOffset).putInt(stored.length).putInt(content.length).putLong(frames.size());
        end.putLong(Xxh3.hash(end.array(), 0, end.position()));
        return end.putLong(FOOTER_MAGIC).flip();
    }

    private static PackIndexProto proto(List<Frame> frames) {
        PackIndexProto.Builder index = PackIndexProto.newBuilder();
        for (Frame frame : frames) {
            FrameProto.Builder proto = FrameProto.newBuilder()
                    .setOffset(frame.offset())
                    .setStoredBytes(frame.storedBytes())
                    .setContentBlocks(frame.contentBlocks())
                    .setForm(frame.form().form())
                    .setStoredHash(frame.storedHash());
            for (Part part : frame.parts()) {
                ByteString path = part.path().proto();
                proto.addParts(PartProto.newBuilder()
                        .setPath(path)
                        .setFirstBlock(part.firstBlock())
                        .setBlocks(part.blocks()));
            }
            for (int i = 0; i < frame.contentBlocks(); i++) {
                proto.addBlockHashes(frame.blockHash(i));
            }
            index.addFrames(proto);
        }
        return index.build();
    }

    /** What a pack ends with. */
    private record Footer(long indexOffset, int storedBytes, int contentBytes, long frames, long hash) {}

    /** The frames of a pack, from its end. */
    static List<Frame> readIndex(ObjectReader reader, String location) {
        Footer footer = footer(reader, location);
        checkHeader(reader, location);
        byte[] end = read(reader, footer.indexOffset, footer.storedBytes + FOOTER_BYTES)
                .array();
        if (Xxh3.hash(end, 0, footer.storedBytes + HASHED_FOOTER_BYTES) != footer.hash) {
            throw damaged(location, "has a damaged index");
        }
        List<Frame> result = FrameReader.read(
                expand(end, footer.storedBytes, footer.contentBytes, location), location, footer.indexOffset);
        if (result.size() != footer.frames) {
            throw damaged(
                    location, "has an index of " + result.size() + " frames where its footer says " + footer.frames);
        }
        return result;
    }

    /**
     * Refuses a pack that was cut off, by its last bytes.
     *
     * @throws PgkeepException {@code DAMAGED}
     */
    static void requireEnd(ObjectReader reader, String location) {
        Footer _ = footer(reader, location);
    }

    private static Footer footer(ObjectReader reader, String location) {
        if (reader.size() < HEADER_BYTES + FOOTER_BYTES) {
            throw damaged(location, "is truncated to " + reader.size() + " bytes");
        }
        ByteBuffer bytes = read(reader, reader.size() - FOOTER_BYTES, FOOTER_BYTES);
        Footer footer = new Footer(bytes.getLong(), bytes.getInt(), bytes.getInt(), bytes.getLong(), bytes.getLong());
        if (bytes.getLong() != FOOTER_MAGIC) {
            throw damaged(location, "does not end as a pack: it is truncated or overwritten");
        }
        boolean fits = footer.storedBytes > 0
                && footer.storedBytes <= INDEX_BYTES_MAX
                && footer.indexOffset == reader.size() - FOOTER_BYTES - footer.storedBytes
                && footer.indexOffset >= HEADER_BYTES;
        if (!fits) {
            throw damaged(location, "has a damaged footer");
        }
        return footer;
    }

    private static ByteBuffer read(ObjectReader reader, long offset, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        reader.read(offset, bytes);
        return bytes.flip();
    }

    private static void checkHeader(ObjectReader reader, String location) {
        ByteBuffer header = read(reader, 0, HEADER_BYTES);
        if (header.getLong() != HEADER_MAGIC) {
            throw damaged(location, "does not begin as a pack");
        }
        int version = header.getInt();
        if (version > VERSION) {
            throw new PgkeepException(
                    ErrorCode.TOO_NEW,
                    location + " has pack version " + version,
                    "Use a newer pgkeep with this repository.");
        }
        if (version != VERSION || header.getInt() != 0) {
            throw damaged(location, "has a damaged header");
        }
    }

    private static byte[] expand(byte[] stored, int storedBytes, int contentBytes, String location) {
        if (contentBytes >= 0 && contentBytes <= INDEX_BYTES_MAX) {
            try {
                byte[] content = new byte[contentBytes];
                if (Zstd.decompressByteArray(content, 0, contentBytes, stored, 0, storedBytes) == contentBytes) {
                    return content;
                }
            } catch (ZstdException e) {
                throw damaged(location, "has an index that cannot be expanded").causedBy(e);
            }
        }
        throw damaged(location, "has an index of the wrong length");
    }

    static PgkeepException damaged(String location, String how) {
        return new PgkeepException(
                ErrorCode.DAMAGED, location + " " + how, "Run 'pgkeep verify' to see which backups are affected.");
    }
}
