import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * WAL of PostgreSQL 17 as a busy server writes it, made without one: records of changed blocks, over the borders of pages and segments, up to
 * a switch. Layouts are those of {@code access/xlog_internal.h}, {@code access/xlogrecord.h}.
 */
final class SampleWal {
    private static final int PAGE_BYTES = 8 << 10;
    private static final int LONG_HEADER_BYTES = 40;
    private static final int SHORT_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 24;
    private static final int ROW_BYTES = 100;
    static final int BLOCKS = 5000;

    private final ByteBuffer wal;
    private final int segmentBytes;
    private final long systemIdentifier;
    private long previous;

    private SampleWal(int segmentBytes, int count, long systemIdentifier) {
        this.wal = ByteBuffer.allocate(segmentBytes * count).order(ByteOrder.LITTLE_ENDIAN);
        this.segmentBytes = segmentBytes;
        this.systemIdentifier = systemIdentifier;
    }

    /** The segments from number 1 on timeline 1. */
    static List<byte[]> segments(int segmentBytes, int count, long systemIdentifier) {
        var made = new SampleWal(segmentBytes, count, systemIdentifier);
        made.fill();
        return IntStream.range(0, count)
                .mapToObj(i -> Arrays.copyOfRange(made.wal.array(), i * segmentBytes, (i + 1) * segmentBytes))
                .toList();
    }

    private void fill() {
        for (int i = 0; wal.remaining() > 2 * PAGE_BYTES; i++) {
            add((byte) 10, (byte) 0, change(i * 7919 % BLOCKS)); // RM_HEAP_ID, XLOG_HEAP_INSERT
        }
        add((byte) 0, (byte) 0x40, new byte[0]); // RM_XLOG_ID, XLOG_SWITCH
        while (wal.hasRemaining()) {
            beginPage(0);
            wal.position(wal.position() + PAGE_BYTES - wal.position() % PAGE_BYTES);
        }
    }

    /** A row of this block, with the headers that say so. */
    private static byte[] change(int block) {
        var body = ByteBuffer.allocate(20 + 2 + ROW_BYTES + 3).order(ByteOrder.LITTLE_ENDIAN);
        body.put((byte) 0); // the first block
        body.put((byte) 0x20); // main fork, BKPBLOCK_HAS_DATA
        body.putShort((short) ROW_BYTES);
        body.putInt(1663).putInt(1).putInt(1259).putInt(block);
        body.put((byte) 255).put((byte) 3); // XLR_BLOCK_ID_DATA_SHORT
        for (int i = 0; i < ROW_BYTES; i++) {
            body.put((byte) (block * 31 + i));
        }
        return body.array();
    }

    private void add(byte manager, byte info, byte[] body) {
        beginPage(0);
        long lsn = segmentBytes + wal.position();
        var record = ByteBuffer.allocate(RECORD_HEADER_BYTES + body.length).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(record.capacity())
                .putInt(1000)
                .putLong(previous)
                .put(info)
                .put(manager);
        record.put(RECORD_HEADER_BYTES, body);
        var crc = new CRC32C();
        crc.update(body, 0, body.length);
        crc.update(record.array(), 0, 20);
        record.putInt(20, (int) crc.getValue());
        previous = lsn;
        record.rewind();
        while (record.hasRemaining()) {
            beginPage(record.remaining());
            int count = Math.min(record.remaining(), PAGE_BYTES - wal.position() % PAGE_BYTES);
            wal.put(record.slice(record.position(), count));
            record.position(record.position() + count);
        }
        wal.position((wal.position() + 7) / 8 * 8);
    }

    /** Begins a page, if one begins here. */
    private void beginPage(int continued) {
        int at = wal.position();
        if (at % PAGE_BYTES != 0) {
            return;
        }
        boolean isFirst = at % segmentBytes == 0;
        wal.putShort(at, (short) 0xD116); // xlp_magic of 17
        wal.putShort(at + 2, (short) ((continued > 0 ? 1 : 0) | (isFirst ? 2 : 0)));
        wal.putInt(at + 4, 1); // xlp_tli
        wal.putLong(at + 8, segmentBytes + (long) at); // xlp_pageaddr
        wal.putInt(at + 16, continued); // xlp_rem_len
        if (isFirst) {
            wal.putLong(at + 24, systemIdentifier);
            wal.putInt(at + 32, segmentBytes);
            wal.putInt(at + 36, PAGE_BYTES);
        }
        wal.position(at + (isFirst ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES));
    }
}
