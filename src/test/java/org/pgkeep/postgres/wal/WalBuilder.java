package org.pgkeep.postgres.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;

/** Writes WAL as a server does: records with checksums, back to back over pages and segments of any size. */
public final class WalBuilder {
    /** Of the cluster whose WAL it is. */
    public static final long SYSTEM_IDENTIFIER = 0x6f00_0000_0000_0001L;

    private static final int CONTINUED = 1;
    private static final int LONG = 2;
    private static final int OVERWRITTEN = 8;

    private final MajorVersion version;
    private final int segmentBytes;
    private final int pageBytes;
    private final long start;
    private ByteBuffer wal;
    private int at;
    private int timeline = 1;
    private long last;

    /** WAL that begins with a segment of this number. */
    public WalBuilder(MajorVersion version, int segmentBytes, int pageBytes, int number) {
        this.version = version;
        this.segmentBytes = segmentBytes;
        this.pageBytes = pageBytes;
        this.start = (long) number * segmentBytes;
        this.wal = ByteBuffer.allocate(segmentBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The usual sizes, but segments of 1 MiB. */
    public static WalBuilder of(MajorVersion version) {
        return new WalBuilder(version, 1 << 20, 8192, 3);
    }

    /** LSN of the next record, if it does not begin on a new page. */
    public long lsn() {
        return start + at;
    }

    /** Bytes until the page ends. */
    int roomOnPage() {
        return pageBytes - at % pageBytes;
    }

    /** Bytes until the segment ends. */
    public int roomInSegment() {
        return segmentBytes - at % segmentBytes;
    }

    /** The record written last. */
    public long last() {
        return last;
    }

    /** Appends a record; returns its LSN. */
    public long add(Draft record) {
        return add(record.bytes(last));
    }

    /** Appends a record as it is. */
    long add(byte[] record) {
        header(0, 0);
        long lsn = lsn();
        put(record, 0, record.length);
        align();
        last = lsn;
        return lsn;
    }

    /** Appends the beginning of a record, up to the end of a page, and goes on as a server does after a crash there. */
    long addCut(Draft record, int pages) {
        header(0, 0);
        long lsn = lsn();
        byte[] bytes = record.bytes(last);
        int there = roomOnPage();
        for (int i = 1; i < pages; i++) {
            there += pageBytes - headerBytes(at / pageBytes * pageBytes + i * pageBytes);
        }
        put(bytes, 0, there);
        header(OVERWRITTEN, 0);
        ByteBuffer body = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(lsn);
        long _ = add(Draft.of(Rmgr.XLOG, 0xD0).main(body.array()));
        return lsn;
    }

    /** Ends the segment with a switch: zeros behind it on its page, then garbage. */
    public long switchSegment() {
        long lsn = add(Draft.of(Rmgr.XLOG, Rmgr.XLOG_SWITCH));
        while (at % pageBytes != 0) {
            ensure(1);
            at++;
        }
        while (at % segmentBytes != 0) {
            ensure(1);
            wal.put(at, (byte) (0x5A + at));
            at++;
        }
        return lsn;
    }

    /** Records to come are written on a new timeline. */
    public void timeline(int next) {
        timeline = next;
    }

    private void align() {
        while (at % 8 != 0) {
            ensure(1);
            at++;
        }
    }

    private void put(byte[] record, int from, int to) {
        int done = from;
        while (done < to) {
            header(CONTINUED, record.length - done);
            int count = Math.min(to - done, roomOnPage());
            ensure(count);
            wal.put(at, record, done, count);
            at += count;
            done += count;
        }
    }

    private int headerBytes(int position) {
        return position % segmentBytes == 0 ? 40 : 24;
    }

    /** Begins a page, if one begins here. */
    private void header(int flags, int remaining) {
        if (at % pageBytes != 0) {
            return;
        }
        boolean isLong = at % segmentBytes == 0;
        ensure(40);
        wal.putShort(at, (short) version.walMagic());
        wal.putShort(at + 2, (short) (flags | (isLong ? LONG : 0)));
        wal.putInt(at + 4, timeline);
        wal.putLong(at + 8, start + at);
        wal.putInt(at + 16, remaining);
        if (isLong) {
            wal.putLong(at + 24, SYSTEM_IDENTIFIER);
            wal.putInt(at + 32, segmentBytes);
            wal.putInt(at + 36, pageBytes);
        }
        at += isLong ? 40 : 24;
    }

    private void ensure(int count) {
        while (at + count > wal.capacity()) {
            wal = ByteBuffer.wrap(Arrays.copyOf(wal.array(), wal.capacity() + segmentBytes))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** How many segments there are. */
    int segmentCount() {
        return (at + segmentBytes - 1) / segmentBytes;
    }

    /** The segments so far; the last one may not be full. */
    public List<byte[]> segments() {
        List<byte[]> segments = new ArrayList<>();
        for (int from = 0; from < at; from += segmentBytes) {
            segments.add(Arrays.copyOfRange(wal.array(), from, from + segmentBytes));
        }
        return segments;
    }

    /** The name of the segment with this index. */
    public SegmentName name(int index) {
        return SegmentName.holding(
                timeline, new org.pgkeep.postgres.Lsn(start + (long) index * segmentBytes), segmentBytes);
    }

    /** Fills the segment up with records that say nothing, so that the next one begins so many bytes before its end. */
    public void fillSegment(int left) {
        while (roomInSegment() - left > 2000) {
            long _ = add(Draft.of(10, 0).block(1663, 5, 1, 0, 0, 1000));
        }
        int rest = roomInSegment() - left;
        // Header, main data's header, main data; on this page alone.
        long _ = add(Draft.of(10, 0).main(new byte[rest - 24 - 2 > 255 ? rest - 24 - 5 : rest - 24 - 2]));
    }

    /** A record to be. */
    public static final class Draft {
        private final int manager;
        private final int info;
        private final ByteBuffer headers = ByteBuffer.allocate(2048).order(ByteOrder.LITTLE_ENDIAN);
        private byte[] mainData = new byte[0];
        private int dataBytes;
        private int blocks;

        private Draft(int manager, int info) {
            this.manager = manager;
            this.info = info;
        }

        /** A record of a resource manager, and its kind. */
        public static Draft of(int manager, int info) {
            return new Draft(manager, info);
        }

        /** A reference with so many bytes of data. */
        public Draft block(int tablespace, int database, int relation, int fork, int block, int data) {
            headers.put((byte) blocks++);
            headers.put((byte) (fork | (data > 0 ? 0x20 : 0)));
            headers.putShort((short) data);
            headers.putInt(tablespace).putInt(database).putInt(relation).putInt(block);
            dataBytes += data;
            return this;
        }

        /** A reference to another block of the same relation. */
        Draft sameRelation(int fork, int block) {
            headers.put((byte) blocks++)
                    .put((byte) (0x80 | fork))
                    .putShort((short) 0)
                    .putInt(block);
            return this;
        }

        /** A reference with an image of so many bytes. */
        Draft image(int relation, int block, int bytes, int flags, boolean hasHoleLength) {
            headers.put((byte) blocks++).put((byte) 0x10).putShort((short) 0);
            headers.putShort((short) bytes).putShort((short) 100).put((byte) flags);
            if (hasHoleLength) {
                headers.putShort((short) 400);
            }
            headers.putInt(1663).putInt(5).putInt(relation).putInt(block);
            dataBytes += bytes;
            return this;
        }

        /** Any header. */
        Draft raw(byte... header) {
            headers.put(header);
            return this;
        }

        /** Ends it with main data. */
        public Draft main(byte... main) {
            mainData = main;
            return this;
        }

        byte[] bytes(long previous) {
            ByteBuffer main = ByteBuffer.allocate(5).order(ByteOrder.LITTLE_ENDIAN);
            if (mainData.length > 255) {
                main.put((byte) 254).putInt(mainData.length);
            } else if (mainData.length > 0) {
                main.put((byte) 255).put((byte) mainData.length);
            }
            int total = 24 + headers.position() + main.position() + dataBytes + mainData.length;
            ByteBuffer all = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
            all.putInt(total).putInt(700).putLong(previous).put((byte) info).put((byte) manager);
            all.position(24);
            all.put(headers.array(), 0, headers.position()).put(main.array(), 0, main.position());
            for (int i = 0; i < dataBytes; i++) {
                all.put((byte) (i * 31));
            }
            all.put(mainData);
            return sealed(all.array());
        }
    }

    /** Puts the right checksum into a record. */
    static byte[] sealed(byte[] record) {
        CRC32C crc = new CRC32C();
        crc.update(record, 24, record.length - 24);
        crc.update(record, 0, 20);
        ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).putInt(20, (int) crc.getValue());
        return record;
    }
}
