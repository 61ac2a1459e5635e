package org.pgkeep.repository;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.BlockReferences;
import org.pgkeep.postgres.wal.SegmentSummary;
import org.pgkeep.postgres.wal.SegmentSummary.Head;
import org.pgkeep.postgres.wal.SegmentSummary.Tail;

/** Bytes of a WAL summary: {@code docs/formats/wal-summary.md}. What is checked before a write is checked after a read. */
final class SummaryFormat {
    static final int VERSION = 1;
    private static final int HEADER_BYTES = 16;
    private static final int HASH_BYTES = 8;
    private static final int FIXED_BYTES = 84;
    private static final int CONTENT_BYTES_MAX = 32 << 20;
    private static final long MAGIC = 0x4d55_5357_5045_4b50L; // "PKEPWSUM", lowest byte first

    private static final int LEFT_INCOMPLETE = 1;
    private static final int MINIMAL = 2;
    private static final int LEVEL_TOLD = 4;
    private static final int HAS_TAIL = 8;

    private SummaryFormat() {}

    static byte[] print(SegmentSummary summary) {
        byte[] content = content(summary);
        byte[] stored = Zstd.compress(content, 1);
        byte[] object = new byte[HEADER_BYTES + stored.length + HASH_BYTES];
        ByteBuffer bytes = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(content.length).put(stored);
        bytes.putLong(Xxh3.hash(object, 0, bytes.position()));
        return object;
    }

    private static byte[] content(SegmentSummary summary) {
        if (!summary.end().equals(summary.start().plus(summary.segmentBytes()))) {
            throw new PgkeepException(ErrorCode.BUG, "the summary of a part of segment " + summary.segment());
        }
        Tail tail = summary.tail().orElseGet(() -> new Tail(Lsn.INVALID, 0, 0, new byte[0]));
        byte[] references = summary.references().encoded();
        Head head = summary.head();
        int length = FIXED_BYTES + head.kept().length + tail.kept().length + references.length;
        if (length > CONTENT_BYTES_MAX) {
            throw new PgkeepException(ErrorCode.BUG, "the summary of segment " + summary.segment() + " is too long");
        }
        byte[] bytes = new byte[length];
        ByteBuffer content = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        content.putLong(summary.start().value());
        content.putInt(summary.segment().timeline());
        content.putInt(summary.segmentBytes());
        content.putInt(summary.version().walMagic());
        content.putInt((head.overwritten() ? LEFT_INCOMPLETE : 0)
                | (summary.minimal() ? MINIMAL : 0)
                | (summary.parametersTold() ? LEVEL_TOLD : 0)
                | (summary.tail().isPresent() ? HAS_TAIL : 0));
        content.putLong(summary.first().value());
        content.putLong(summary.firstPrevious().value());
        content.putLong(summary.last().value());
        content.putInt(head.missing())
                .putInt(head.bytes())
                .putInt(head.checksum())
                .putInt(head.kept().length);
        content.putLong(tail.lsn().value()).putInt(tail.bytes()).putInt(tail.checksum());
        content.putInt(tail.kept().length);
        content.put(head.kept()).put(tail.kept()).put(references);
        return bytes;
    }

    /**
     * Reads a summary.
     *
     * @throws PgkeepException {@code DAMAGED}, {@code TOO_NEW}
     */
    static SegmentSummary parse(byte[] object, SegmentName segment, String location) {
        if (object.length < HEADER_BYTES + HASH_BYTES) {
            throw damaged(location, "is truncated to " + object.length + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getLong() != MAGIC) {
            throw damaged(location, "does not begin as a WAL summary");
        }
        int hashed = object.length - HASH_BYTES;
        if (Xxh3.hash(object, 0, hashed) != bytes.getLong(hashed)) {
            throw damaged(location, "is not as it was written: its hash does not match its content");
        }
        int version = bytes.getInt();
        if (version > VERSION) {
            throw new PgkeepException(
                    ErrorCode.TOO_NEW, location + " has format " + version + ", this pgkeep knows " + VERSION);
        }
        int length = bytes.getInt();
        if (length < FIXED_BYTES || length > CONTENT_BYTES_MAX) {
            throw damaged(location, "has a content of " + length + " bytes");
        }
        SegmentSummary summary = read(expand(object, hashed, length, location), location);
        if (!summary.segment().equals(segment)) {
            throw damaged(location, "is the summary of segment " + summary.segment());
        }
        return summary;
    }

    private static ByteBuffer expand(byte[] object, int to, int length, String location) {
        byte[] content = new byte[length];
        try {
            long expanded = Zstd.decompressByteArray(content, 0, length, object, HEADER_BYTES, to - HEADER_BYTES);
            if (Zstd.isError(expanded) || expanded != length) {
                throw damaged(location, "cannot be expanded");
            }
            return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        } catch (ZstdException e) {
            throw damaged(location, "cannot be expanded").causedBy(e);
        }
    }

    private static SegmentSummary read(ByteBuffer content, String location) {
        try {
            Lsn start = new Lsn(content.getLong());
            int timeline = content.getInt();
            int segmentBytes = content.getInt();
            MajorVersion version = MajorVersion.ofWalMagic(content.getInt())
                    .orElseThrow(() -> damaged(location, "is of an unknown PostgreSQL version"));
            if (segmentBytes < 1 << 20 || segmentBytes > 1 << 30 || Integer.bitCount(segmentBytes) != 1) {
                throw damaged(location, "is of a segment of " + segmentBytes + " bytes");
            }
            int flags = content.getInt();
            Lsn first = new Lsn(content.getLong());
            Lsn firstPrevious = new Lsn(content.getLong());
            Lsn last = new Lsn(content.getLong());
            int missing = content.getInt();
            int headBytes = content.getInt();
            int headChecksum = content.getInt();
            int headKept = content.getInt();
            Lsn tail = new Lsn(content.getLong());
            int tailBytes = content.getInt();
            int tailChecksum = content.getInt();
            int tailKept = content.getInt();
            boolean left = (flags & LEFT_INCOMPLETE) != 0;
            Head head = new Head(missing, headBytes, headChecksum, bytes(content, headKept, location), left);
            byte[] kept = bytes(content, tailKept, location);
            return new SegmentSummary(
                    SegmentName.holding(timeline, start, segmentBytes),
                    segmentBytes,
                    version,
                    start.plus(segmentBytes),
                    head,
                    (flags & HAS_TAIL) != 0
                            ? Optional.of(new Tail(tail, tailBytes, tailChecksum, kept))
                            : Optional.empty(),
                    first,
                    firstPrevious,
                    last,
                    (flags & MINIMAL) != 0,
                    (flags & LEVEL_TOLD) != 0,
                    BlockReferences.of(rest(content)));
        } catch (BufferUnderflowException e) {
            throw damaged(location, "ends too early").causedBy(e);
        }
    }

    private static byte[] bytes(ByteBuffer content, int count, String location) {
        if (count < 0 || count > SegmentSummary.KEPT_BYTES_MAX) {
            throw damaged(location, "keeps " + count + " bytes of a record");
        }
        byte[] bytes = new byte[count];
        content.get(bytes);
        return bytes;
    }

    private static byte[] rest(ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    private static PgkeepException damaged(String location, String how) {
        return new PgkeepException(
                ErrorCode.DAMAGED,
                location + " " + how,
                "Remove it: the next backup that wants it makes it anew from the segment.");
    }
}
