package org.pgkeep.repository;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * {@code EntryProto} of {@code manifest.proto}, written without an object per extent of the protocol's own: a manifest may have as many
 * extents as the cluster has blocks, and each incremental backup reads and writes them all. Which bytes they are is the same as the
 * generated class's.
 */
final class EntryWriter {
    private EntryWriter() {}

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
        bytes(out, EntryFields.PATH, entry.path());
        out.writeUInt32(EntryFields.TYPE, type(entry));
        if (entry instanceof Entry.OfFile file) {
            number(out, EntryFields.KIND, file.kind().code());
            number(out, EntryFields.SIZE, file.sizeBytes());
        }
        number(out, EntryFields.MODE, attributes.mode());
        text(out, EntryFields.OWNER, attributes.owner());
        text(out, EntryFields.GROUP, attributes.group());
        number(out, EntryFields.MODIFIED_MICROS, ChronoUnit.MICROS.between(Instant.EPOCH, attributes.modified()));
        switch (entry) {
            case Entry.OfDirectory _ -> {}
            case Entry.OfLink link -> bytes(out, EntryFields.LINK_TARGET, link.target());
            case Entry.OfFile file -> content(file, out);
        }
    }

    private static int type(Entry entry) {
        return switch (entry) {
            case Entry.OfFile _ -> EntryFields.FILE;
            case Entry.OfDirectory _ -> EntryFields.DIRECTORY;
            case Entry.OfLink _ -> EntryFields.LINK;
        };
    }

    private static void content(Entry.OfFile file, CodedOutputStream out) throws IOException {
        if (file.hash() != 0) {
            out.writeFixed64(EntryFields.HASH, file.hash());
        }
        for (Extent extent : file.extents()) {
            write(extent, out);
        }
        if (!file.badBlocks().isEmpty()) {
            out.writeTag(EntryFields.BAD_BLOCKS, EntryFields.BYTES);
            out.writeUInt32NoTag(file.badBlocks().stream()
                    .mapToInt(CodedOutputStream::computeUInt64SizeNoTag)
                    .sum());
            for (long block : file.badBlocks()) {
                out.writeUInt64NoTag(block);
            }
        }
        if (file.link().isPresent()) {
            bytes(out, EntryFields.LINK_TARGET, file.link().get());
        }
        GroupHashes groups = file.groups();
        if (groups.count() > 0) {
            out.writeTag(EntryFields.GROUP_HASHES, EntryFields.BYTES);
            out.writeUInt32NoTag(groups.count() * Long.BYTES);
            for (int i = 0; i < groups.count(); i++) {
                out.writeFixed64NoTag(groups.get(i));
            }
        }
    }

    private static void write(Extent extent, CodedOutputStream out) throws IOException {
        out.writeTag(EntryFields.EXTENTS, EntryFields.BYTES);
        out.writeUInt32NoTag(size(extent.blocks())
                + size(extent.source())
                + size(extent.pack())
                + size(extent.frame())
                + size(extent.firstBlock()));
        number(out, EntryFields.BLOCKS, extent.blocks());
        number(out, EntryFields.SOURCE, extent.source());
        number(out, EntryFields.PACK, extent.pack());
        number(out, EntryFields.FRAME, extent.frame());
        number(out, EntryFields.FIRST_BLOCK, extent.firstBlock());
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
}
