package org.pgkeep.repository;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.FileKind;

/**
 * {@code EntryProto} of {@code manifest.proto}, read without an object per extent of the protocol's own: a manifest may have as many
 * extents as the cluster has blocks, and each incremental backup reads and writes them all. Which bytes they are is the same as the
 * generated class's.
 */
final class EntryReader {
    private EntryReader() {}

    /**
     * The entry that comes next and fills the input up to its limit.
     *
     * @param sources how many the manifest's header lists
     * @throws IOException when these are not the bytes of an entry
     * @throws PgkeepException {@code DAMAGED} when the entry contradicts itself
     */
    static Entry read(CodedInputStream in, int sources, String location) throws IOException {
        Fields fields = new Fields();
        while (!in.isAtEnd()) {
            fields.read(in.readTag(), in, sources, location);
        }
        return fields.entry(location);
    }

    /** What was read of an entry. */
    private static final class Fields {
        private PathName path = PathName.of("");
        private int type;
        private int kind;
        private long size;
        private int mode;
        private String owner = "";
        private String group = "";
        private long modifiedMicros;
        private long hash;
        private final List<Extent> extents = new ArrayList<>();
        private long blocks;
        private final List<Long> badBlocks = new ArrayList<>();
        private Optional<PathName> link = Optional.empty();
        private long[] groups = new long[0];

        void read(int tag, CodedInputStream in, int sources, String location) throws IOException {
            switch (tag) {
                case EntryFields.PATH << 3 | EntryFields.BYTES -> path = PathName.of(in.readBytes());
                case EntryFields.TYPE << 3 | EntryFields.VARINT -> type = in.readUInt32();
                case EntryFields.KIND << 3 | EntryFields.VARINT -> kind = in.readUInt32();
                case EntryFields.SIZE << 3 | EntryFields.VARINT -> size = in.readUInt64();
                case EntryFields.MODE << 3 | EntryFields.VARINT -> mode = in.readUInt32();
                case EntryFields.OWNER << 3 | EntryFields.BYTES -> owner = in.readStringRequireUtf8();
                case EntryFields.GROUP << 3 | EntryFields.BYTES -> group = in.readStringRequireUtf8();
                case EntryFields.MODIFIED_MICROS << 3 | EntryFields.VARINT -> modifiedMicros = in.readInt64();
                case EntryFields.HASH << 3 | EntryFields.FIXED64 -> hash = in.readFixed64();
                case EntryFields.EXTENTS << 3 | EntryFields.BYTES -> extents.add(extent(in, sources, location));
                case EntryFields.BAD_BLOCKS << 3 | EntryFields.BYTES -> {
                    int limit = in.pushLimit(in.readRawVarint32());
                    while (!in.isAtEnd()) {
                        badBlocks.add(in.readUInt64());
                    }
                    in.popLimit(limit);
                }
                case EntryFields.BAD_BLOCKS << 3 | EntryFields.VARINT -> badBlocks.add(in.readUInt64());
                case EntryFields.LINK_TARGET << 3 | EntryFields.BYTES ->
                    link = Optional.of(PathName.of(in.readBytes())).filter(target -> target.bytes().length > 0);
                case EntryFields.GROUP_HASHES << 3 | EntryFields.BYTES -> groupHashes(in);
                case EntryFields.GROUP_HASHES << 3 | EntryFields.FIXED64 -> {
                    groups = Arrays.copyOf(groups, groups.length + 1);
                    groups[groups.length - 1] = in.readFixed64();
                }
                default -> skip(tag, in);
            }
        }

        private void groupHashes(CodedInputStream in) throws IOException {
            int bytes = in.readRawVarint32();
            int before = groups.length;
            int limit = in.pushLimit(bytes);
            groups = Arrays.copyOf(groups, before + bytes / Long.BYTES);
            for (int i = before; i < groups.length; i++) {
                groups[i] = in.readFixed64();
            }
            if (!in.isAtEnd()) {
                throw new InvalidProtocolBufferException("part of a group's hash");
            }
            in.popLimit(limit);
        }

        /** What a later version may have written. */
        private static void skip(int tag, CodedInputStream in) throws IOException {
            if (!in.skipField(tag)) {
                throw new InvalidProtocolBufferException("a group that ends without a beginning");
            }
        }

        private Extent extent(CodedInputStream in, int sources, String location) throws IOException {
            int limit = in.pushLimit(in.readRawVarint32());
            int run = 0;
            int source = 0;
            int pack = 0;
            int frame = 0;
            int first = 0;
            while (!in.isAtEnd()) {
                int tag = in.readTag();
                switch (tag) {
                    case EntryFields.BLOCKS << 3 | EntryFields.VARINT -> run = in.readUInt32();
                    case EntryFields.SOURCE << 3 | EntryFields.VARINT -> source = in.readUInt32();
                    case EntryFields.PACK << 3 | EntryFields.VARINT -> pack = in.readUInt32();
                    case EntryFields.FRAME << 3 | EntryFields.VARINT -> frame = in.readUInt32();
                    case EntryFields.FIRST_BLOCK << 3 | EntryFields.VARINT -> first = in.readUInt32();
                    default -> skip(tag, in);
                }
            }
            in.popLimit(limit);
            Extent extent = new Extent(run, source, pack, frame, first);
            if (!isSound(extent, sources)) {
                throw damaged(location, "has a damaged extent of " + path);
            }
            blocks += run;
            return extent;
        }

        private static boolean isSound(Extent extent, int sources) {
            if (extent.source() == 0) {
                return extent.blocks() > 0 && extent.pack() == 0 && extent.frame() == 0 && extent.firstBlock() == 0;
            }
            return extent.source() > 0
                    && extent.source() <= sources
                    && extent.pack() > 0
                    && extent.frame() >= 0
                    && extent.firstBlock() >= 0
                    && extent.blocks() > 0
                    && extent.blocks() <= Blocks.PER_GROUP - extent.firstBlock();
        }

        Entry entry(String location) {
            Attributes attributes =
                    new Attributes(mode, owner, group, Instant.EPOCH.plus(modifiedMicros, ChronoUnit.MICROS));
            return switch (type) {
                case EntryFields.DIRECTORY -> new Entry.OfDirectory(path, attributes);
                case EntryFields.LINK -> new Entry.OfLink(path, attributes, link.orElse(PathName.of("")));
                case EntryFields.FILE -> file(attributes, location);
                default -> throw damaged(location, "has " + path + " as entry of unknown type " + type);
            };
        }

        private Entry file(Attributes attributes, String location) {
            if (size < 0 || blocks != Blocks.count(size)) {
                throw damaged(location, "has extents of " + blocks + " blocks for " + path + " of " + size + " bytes");
            }
            FileKind known = FileKind.ofCode(kind)
                    .orElseThrow(() -> damaged(location, "has " + path + " of unknown kind " + kind));
            // Their hash is the file's, so that damage cannot go from backup to backup unseen.
            boolean sound = groups.length == GroupHashes.countFor(size)
                    && (groups.length == 0 || GroupHashes.ofFile(size, groups) == hash);
            if (!sound) {
                throw damaged(location, "has wrong hashes of the groups of " + path);
            }
            return new Entry.OfFile(
                    path, attributes, known, size, hash, GroupHashes.kept(groups), extents, badBlocks, link);
        }
    }

    private static PgkeepException damaged(String location, String how) {
        return new PgkeepException(ErrorCode.DAMAGED, location + " " + how);
    }
}
