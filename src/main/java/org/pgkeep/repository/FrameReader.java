package org.pgkeep.repository;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.FrameCodec;
import org.pgkeep.error.PgkeepException;

/**
 * {@code PackIndexProto} of {@code pack.proto}, read without objects of the protocol's own: an incremental backup's frames have a part for
 * nearly every block, and a restore reads the indexes of all packs before it reads a frame. Which bytes they are is the same as the generated
 * class's.
 */
final class FrameReader {
    // Field of PackIndexProto.
    private static final int FRAMES = 1;

    // Fields of FrameProto.
    private static final int OFFSET = 1;
    private static final int STORED_BYTES = 2;
    private static final int CONTENT_BLOCKS = 3;
    private static final int FORM = 4;
    private static final int STORED_HASH = 5;
    private static final int PARTS = 6;
    private static final int BLOCK_HASHES = 7;

    // Fields of PartProto.
    private static final int PATH = 1;
    private static final int FIRST_BLOCK = 2;
    private static final int BLOCKS = 3;

    // How a field is written.
    private static final int VARINT = WireFormat.WIRETYPE_VARINT;
    private static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;
    private static final int BYTES = WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private final CodedInputStream in;
    private final String location;
    private final List<Frame> frames = new ArrayList<>();

    /** Where the next frame must begin. */
    private long end = PackFormat.HEADER_BYTES;

    // One part's path is mostly that of the part before it.
    private ByteString pathBytes = ByteString.EMPTY;
    private PathName path = PathName.of("");

    private FrameReader(byte[] index, String location) {
        this.in = CodedInputStream.newInstance(index);
        this.in.enableAliasing(true);
        this.location = location;
    }

    /**
     * The frames of a pack.
     *
     * @param index as it was before it was compressed
     * @param end the offset behind the last frame
     * @throws PgkeepException {@code DAMAGED} when these are not the bytes of an index, or it contradicts itself
     */
    static List<Frame> read(byte[] index, String location, long end) {
        FrameReader reader = new FrameReader(index, location);
        try {
            reader.readAll();
        } catch (IOException e) {
            throw PackFormat.damaged(location, "has an index that cannot be parsed")
                    .causedBy(e);
        }
        if (reader.end != end) {
            throw reader.contradicts();
        }
        return reader.frames;
    }

    private void readAll() throws IOException {
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            if (tag == (FRAMES << 3 | BYTES)) {
                int limit = in.pushLimit(in.readRawVarint32());
                Frame frame = frame();
                in.popLimit(limit);
                frames.add(frame);
                end += frame.storedBytes();
            } else {
                skip(tag);
            }
        }
    }

    /** What a later version may have written. */
    private void skip(int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("a group that ends without a beginning");
        }
    }

    /** The frame that fills the input up to its limit. */
    private Frame frame() throws IOException {
        long offset = 0;
        int storedBytes = 0;
        int contentBlocks = 0;
        int form = 0;
        long storedHash = 0;
        List<Part> parts = new ArrayList<>();
        long[] hashes = new long[0];
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            switch (tag) {
                case OFFSET << 3 | VARINT -> offset = in.readUInt64();
                case STORED_BYTES << 3 | VARINT -> storedBytes = in.readUInt32();
                case CONTENT_BLOCKS << 3 | VARINT -> contentBlocks = in.readUInt32();
                case FORM << 3 | VARINT -> form = in.readUInt32();
                case STORED_HASH << 3 | FIXED64 -> storedHash = in.readFixed64();
                case PARTS << 3 | BYTES -> parts.add(part());
                case BLOCK_HASHES << 3 | BYTES -> hashes = with(hashes, in.readByteBuffer());
                case BLOCK_HASHES << 3 | FIXED64 -> {
                    hashes = Arrays.copyOf(hashes, hashes.length + 1);
                    hashes[hashes.length - 1] = in.readFixed64();
                }
                default -> skip(tag);
            }
        }
        // Frames stand back to back, so that every byte of a pack is covered by a hash or has one value only.
        if (offset != end || blocksOf(parts) != contentBlocks || hashes.length != contentBlocks) {
            throw contradicts();
        }
        if (contentBlocks == 0 && storedBytes == 0 && form == 0 && storedHash == 0) {
            return Frame.dropped(offset);
        }
        boolean sound = storedBytes > 0
                && storedBytes <= FrameCodec.STORED_BYTES_MAX
                && contentBlocks > 0
                && contentBlocks <= Blocks.PER_GROUP;
        if (!sound) {
            throw contradicts();
        }
        return new Frame(offset, storedBytes, Algorithm.ofForm(form), storedHash, parts, hashes);
    }

    private static long[] with(long[] hashes, ByteBuffer more) throws IOException {
        if (more.remaining() % Long.BYTES != 0) {
            throw new InvalidProtocolBufferException("part of a block's hash");
        }
        long[] all = Arrays.copyOf(hashes, hashes.length + more.remaining() / Long.BYTES);
        more.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(all, hashes.length, all.length - hashes.length);
        return all;
    }

    private Part part() throws IOException {
        ByteString bytes = ByteString.EMPTY;
        long firstBlock = 0;
        int blocks = 0;
        int limit = in.pushLimit(in.readRawVarint32());
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            switch (tag) {
                case PATH << 3 | BYTES -> bytes = in.readBytes();
                case FIRST_BLOCK << 3 | VARINT -> firstBlock = in.readUInt64();
                case BLOCKS << 3 | VARINT -> blocks = in.readUInt32();
                default -> skip(tag);
            }
        }
        in.popLimit(limit);
        if (blocks <= 0 || firstBlock < 0) {
            throw contradicts();
        }
        if (!bytes.equals(pathBytes)) {
            pathBytes = bytes;
            path = PathName.of(bytes);
        }
        return new Part(path, firstBlock, blocks);
    }

    private static long blocksOf(List<Part> parts) {
        long blocks = 0;
        for (Part part : parts) {
            blocks += part.blocks();
        }
        return blocks;
    }

    private PgkeepException contradicts() {
        return PackFormat.damaged(location, "has an index that contradicts itself");
    }
}
