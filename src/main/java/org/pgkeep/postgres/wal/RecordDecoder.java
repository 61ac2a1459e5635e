package org.pgkeep.postgres.wal;

import org.pgkeep.postgres.MajorVersion;

/**
 * Takes WAL records apart: header, block references, and the main data of the few that change files by themselves
 * ({@code access/xlogrecord.h}; {@code DecodeXLogRecord} in {@code access/transam/xlogreader.c}). The form is the same from 9.6 to
 * 18 but for the flags of page images. For one thread.
 *
 * <pre>
 * header     length, xid, previous record, info, resource manager, CRC-32C        24 bytes
 * blocks     id 0 to 32: flags, data length [image length, hole, flags [hole length]] [relation] block
 * origin     id 253; top-level transaction id 252, since 14
 * main data  id 255: length of 1 byte; 254: of 4 bytes; the last header
 * data       images and data of blocks, main data: not looked at, but for lengths
 * </pre>
 */
final class RecordDecoder {
    /** {@code SizeOfXLogRecord}. */
    static final int HEADER_BYTES = 24;

    /** More than all headers of a record can have: 33 blocks of 27 bytes, origin, transaction, main data. */
    static final int HEADERS_BYTES_MAX = 1024;

    /** {@code XLogRecordMaxSize}, and {@code MaxAllocSize} before 16, are less. */
    static final int RECORD_BYTES_MAX = 1 << 30;

    private static final int BLOCK_ID_MAX = 32;
    private static final int ID_TOP_LEVEL_XID = 252;
    private static final int ID_ORIGIN = 253;
    private static final int ID_DATA_LONG = 254;
    private static final int ID_DATA_SHORT = 255;

    private static final int FORK_MASK = 0x0F;
    private static final int FORK_MAX = 3;
    private static final int HAS_IMAGE = 0x10;
    private static final int HAS_DATA = 0x20;
    private static final int SAME_RELATION = 0x80;

    /** {@code BKPIMAGE_HAS_HOLE}, of all versions. */
    private static final int HAS_HOLE = 0x01;

    private static final int BLOCK_BYTES_MAX = 1 << 15;

    private final WalSink sink;
    private final Place place;
    private final RecordBodies bodies;
    private final int compressed;
    private final boolean knowsTopLevelXid;
    private final boolean knowsCustomManagers;

    // The record at hand.
    private byte[] bytes = new byte[0];
    private int at;
    private int known;
    private int end;
    private int dataBytes;
    private int mainBytes;
    private int lastBlock;
    private boolean hasRelation;
    private int tablespace;
    private int database;
    private int relation;

    RecordDecoder(MajorVersion version, WalSink sink, Place place) {
        this.sink = sink;
        this.place = place;
        this.bodies = new RecordBodies(version, sink, place);
        // BKPIMAGE_IS_COMPRESSED; since 15 one flag for each method.
        this.compressed = version.isAtLeast(MajorVersion.V15) ? 0x04 | 0x08 | 0x10 : 0x02;
        this.knowsTopLevelXid = version.isAtLeast(MajorVersion.V14);
        this.knowsCustomManagers = version.isAtLeast(MajorVersion.V15);
    }

    static int length(byte[] bytes, int start) {
        return LittleEndian.int32(bytes, start);
    }

    static long previous(byte[] bytes, int start) {
        return LittleEndian.int64(bytes, start + 8);
    }

    static int info(byte[] bytes, int start) {
        return bytes[start + 16] & 0xFF;
    }

    static int resourceManager(byte[] bytes, int start) {
        return bytes[start + 17] & 0xFF;
    }

    /** Whether the two bytes are zero that mean nothing. */
    static boolean isPadded(byte[] bytes, int start) {
        return bytes[start + 18] == 0 && bytes[start + 19] == 0;
    }

    static int checksum(byte[] bytes, int start) {
        return LittleEndian.int32(bytes, start + 20);
    }

    /**
     * Tells what a record changes.
     *
     * @param start of its first byte
     * @param available bytes of it that are there, at least {@value #HEADER_BYTES}
     * @param total its length
     * @return false when what matters lies behind the available bytes; then some may have been told
     */
    boolean tell(byte[] content, int start, int available, int total, long lsn) {
        bytes = content;
        int manager = resourceManager(content, start);
        int info = info(content, start);
        requireKnown(manager, info);
        sink.record(lsn, manager, info, total);
        at = start + HEADER_BYTES;
        known = start + available;
        end = start + total;
        if (!headers()) {
            if (available < total) {
                return false;
            }
            throw place.damaged("the headers of the record are longer than it");
        }
        if (end - at != dataBytes) {
            throw place.damaged("the record has " + (end - at) + " bytes of data, its headers tell of " + dataBytes);
        }
        return !RecordBodies.matters(manager) || bodies.tell(manager, info, content, end - mainBytes, mainBytes, known);
    }

    private void requireKnown(int manager, int info) {
        if (manager > Rmgr.LAST && !(knowsCustomManagers && manager >= Rmgr.CUSTOM_FIRST)) {
            throw place.damaged("unknown resource manager " + manager);
        }
        if ((info & Rmgr.SPECIAL_RELATION_UPDATE) != 0 && !RecordBodies.isKnownSpecial(manager)) {
            throw place.damaged("a record of resource manager " + manager
                    + " changes files in a way of its own, which pgkeep does not know");
        }
    }

    private boolean headers() {
        dataBytes = 0;
        mainBytes = 0;
        lastBlock = -1;
        hasRelation = false;
        while (end - at > dataBytes) {
            if (known - at < 2) {
                return false;
            }
            int id = bytes[at++] & 0xFF;
            if (id <= BLOCK_ID_MAX) {
                if (!block(id)) {
                    return false;
                }
            } else if (id == ID_ORIGIN) {
                at += 2;
            } else if (id == ID_TOP_LEVEL_XID && knowsTopLevelXid) {
                at += 4;
            } else {
                return main(id);
            }
        }
        return true;
    }

    private boolean block(int id) {
        if (known - at < 3) {
            return false;
        }
        int flags = bytes[at] & 0xFF;
        int data = LittleEndian.uint16(bytes, at + 1);
        at += 3;
        boolean sound = id > lastBlock
                && (flags & FORK_MASK) <= FORK_MAX
                && ((flags & HAS_DATA) != 0) == (data != 0)
                && (hasRelation || (flags & SAME_RELATION) == 0);
        if (!sound) {
            throw place.damaged("block reference " + id + " has flags %02X, %d bytes of data".formatted(flags, data));
        }
        lastBlock = id;
        dataBytes += data;
        if ((flags & HAS_IMAGE) != 0 && !image()) {
            return false;
        }
        return relation(flags);
    }

    private boolean image() {
        if (known - at < 5) {
            return false;
        }
        int length = LittleEndian.uint16(bytes, at);
        int flags = bytes[at + 4] & 0xFF;
        if (length > BLOCK_BYTES_MAX) {
            throw place.damaged("the image of a block has " + length + " bytes");
        }
        dataBytes += length;
        // The hole's length follows only where it does not follow from the image's.
        at += (flags & HAS_HOLE) != 0 && (flags & compressed) != 0 ? 7 : 5;
        return true;
    }

    private boolean relation(int flags) {
        boolean same = (flags & SAME_RELATION) != 0;
        if (known - at < (same ? 4 : 16)) {
            return false;
        }
        if (!same) {
            tablespace = LittleEndian.int32(bytes, at);
            database = LittleEndian.int32(bytes, at + 4);
            relation = LittleEndian.int32(bytes, at + 8);
            hasRelation = true;
            at += 12;
        }
        sink.block(tablespace, database, relation, flags & FORK_MASK, LittleEndian.int32(bytes, at));
        at += 4;
        return true;
    }

    private boolean main(int id) {
        if (id == ID_DATA_SHORT) {
            mainBytes = bytes[at++] & 0xFF;
        } else if (id == ID_DATA_LONG) {
            if (known - at < 4) {
                return false;
            }
            mainBytes = LittleEndian.int32(bytes, at);
            at += 4;
        } else {
            throw place.damaged("unknown part " + id + " of a record");
        }
        if (mainBytes < 0 || mainBytes > end - at) {
            throw place.damaged("the main data of a record has " + Integer.toUnsignedString(mainBytes) + " bytes");
        }
        dataBytes += mainBytes;
        return true;
    }
}
