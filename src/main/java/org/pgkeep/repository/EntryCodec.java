package org.pgkeep.repository;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
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
 * {@code EntryProto} of {@code manifest.proto}, written and read without an object per extent of the protocol's own: a manifest may
 * have as many extents as the cluster has blocks, and each incremental backup reads and writes them all. Which bytes they are is
 * the same as the generated class's.
 */
final class EntryCodec {
    private static final int FILE = 1;
    private static final int DIRECTORY = 2;
    private static final int LINK = 3;

    // Fields of EntryProto.
    private static final int PATH = 1;
    private static final int TYPE = 2;
    private static final int KIND = 3;
    private static final int SIZE = 4;
    private static final int MODE = 5;
    private static final int OWNER = 6;
    private static final int GROUP = 7;
    private static final int MODIFIED_MICROS = 8;
    private static final int HASH = 9;
    private static final int EXTENTS = 10;
    private static final int BAD_BLOCKS = 11;
    private static final int LINK_TARGET = 12;
    private static final int GROUP_HASHES = 13;

    // Fields of ExtentProto.
    private static final int BLOCKS = 1;
    private static final int SOURCE = 2;
    private static final int PACK = 3;
    private static final int FRAME = 4;
    private static final int FIRST_BLOCK = 5;

    // How a field is written.
    private static final int VARINT = WireFormat.WIRETYPE_VARINT;
    private static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;
    private static final int BYTES = WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private EntryCodec() {}

    // --- writing
    // ------------------------------------------------------------------------------------------------------

    /** The bytes of an entry. */
    static byte[] bytes(Entry entry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            write(entry, out);
            out.flush();
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "cannot write into memory").causedBy(e);
        }
        return bytes.toByteArray();
    }

    private static void write(Entry entry, CodedOutputStream out) throws IOException {
        Attributes attributes = entry.attributes();
        bytes(out, PATH, entry.path());
        out.writeUInt32(TYPE, type(entry));
        if (entry instanceof Entry.OfFile file) {
            number(out, KIND, file.kind().code());
            number(out, SIZE, file.sizeBytes());
        }
        number(out, MODE, attributes.mode());
        text(out, OWNER, attributes.owner());
        text(out, GROUP, attributes.group());
        number(out, MODIFIED_MICROS, ChronoUnit.MICROS.between(Instant.EPOCH, attributes.modified()));
        switch (entry) {
            case Entry.OfDirectory _ -> {}
            case Entry.OfLink link -> bytes(out, LINK_TARGET, link.target());
            case Entry.OfFile file -> content(file, out);
        }
    }

    private static int type(Entry entry) {
        return switch (entry) {
            case Entry.OfFile _ -> FILE;
            case Entry.OfDirectory _ -> DIRECTORY;
            case Entry.OfLink _ -> LINK;
        };
    }

    private static void content(Entry.OfFile file, CodedOutputStream out) throws IOException {
        if (file.hash() != 0) {
            out.writeFixed64(HASH, file.hash());
        }
        for (Extent extent : file.extents()) {
            write(extent, out);
        }
        if (!file.badBlocks().isEmpty()) {
            out.writeTag(BAD_BLOCKS, BYTES);
            out.writeUInt32NoTag(file.badBlocks().stream()
                    .mapToInt(CodedOutputStream::computeUInt64SizeNoTag)
                    .sum());
            for (long block : file.badBlocks()) {
                out.writeUInt64NoTag(block);
            }
        }
        if (file.link().isPresent()) {
            bytes(out, LINK_TARGET, file.link().get());
        }
        GroupHashes groups = file.groups();
        if (groups.count() > 0) {
            out.writeTag(GROUP_HASHES, BYTES);
            out.writeUInt32NoTag(groups.count() * Long.BYTES);
            for (int i = 0; i < groups.count(); i++) {
                out.writeFixed64NoTag(groups.get(i));
            }
        }
    }

    private static void write(Extent extent, CodedOutputStream out) throws IOException {
        out.writeTag(EXTENTS, BYTES);
        out.writeUInt32NoTag(size(extent.blocks())
                + size(extent.source())
                + size(extent.pack())
                + size(extent.frame())
                + size(extent.firstBlock()));
        number(out, BLOCKS, extent.blocks());
        number(out, SOURCE, extent.source());
        number(out, PACK, extent.pack());
        number(out, FRAME, extent.frame());
        number(out, FIRST_BLOCK, extent.firstBlock());
    }

    /** With a tag of one byte; what is zero is left out. */
    private static int size(int value) {
        return value == 0 ? 0 : 1 + CodedOutputStream.computeUInt32SizeNoTag(value);
    }

    private static void number(CodedOutputStream out, int field, long value) throws IOException {
        if (value != 0) {
            out.writeUInt64(field, value);
        }
    }

    private static void text(CodedOutputStream out, int field, String value) throws IOException {
        if (!value.isEmpty()) {
            out.writeString(field, value);
        }
    }

    private static void bytes(CodedOutputStream out, int field, PathName value) throws IOException {
        byte[] bytes = value.bytes();
        if (bytes.length > 0) {
            out.writeByteArray(field, bytes);
        }
    }

    // --- reading
    // ------------------------------------------------------------------------------------------------------

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
                case PATH << 3 | BYTES -> path = PathName.of(in.readBytes());
                case TYPE << 3 | VARINT -> type = in.readUInt32();
                case KIND << 3 | VARINT -> kind = in.readUInt32();
                case SIZE << 3 | VARINT -> size = in.readUInt64();
                case MODE << 3 | VARINT -> mode = in.readUInt32();
                case OWNER << 3 | BYTES -> owner = in.readStringRequireUtf8();
                case GROUP << 3 | BYTES -> group = in.readStringRequireUtf8();
                case MODIFIED_MICROS << 3 | VARINT -> modifiedMicros = in.readInt64();
                case HASH << 3 | FIXED64 -> hash = in.readFixed64();
                case EXTENTS << 3 | BYTES -> extents.add(extent(in, sources, location));
                case BAD_BLOCKS << 3 | BYTES -> {
                    int limit = in.pushLimit(in.readRawVarint32());
                    while (!in.isAtEnd()) {
                        badBlocks.add(in.readUInt64());
                    }
                    in.popLimit(limit);
                }
                case LINK_TARGET << 3 | BYTES ->
                    link = Optional.of(PathName.of(in.readBytes())).filter(target -> target.bytes().length > 0);
                case GROUP_HASHES << 3 | BYTES -> groupHashes(in);
                default -> {
                    if (!in.skipField(tag)) {
                        throw new InvalidProtocolBufferException("a group that ends without a beginning");
                    }
                }
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
            in.popLimit(limit);
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
                    case BLOCKS << 3 | VARINT -> run = in.readUInt32();
                    case SOURCE << 3 | VARINT -> source = in.readUInt32();
                    case PACK << 3 | VARINT -> pack = in.readUInt32();
                    case FRAME << 3 | VARINT -> frame = in.readUInt32();
                    case FIRST_BLOCK << 3 | VARINT -> first = in.readUInt32();
                    default -> in.skipField(tag);
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
                case DIRECTORY -> new Entry.OfDirectory(path, attributes);
                case LINK -> new Entry.OfLink(path, attributes, link.orElse(PathName.of("")));
                case FILE -> file(attributes, location);
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
