package org.pgkeep.restore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;

/** Control files of PostgreSQL 15 that say what a test wants: made from one that a real server wrote. */
public final class ControlBytes {
    private static final int STATE = 16;
    private static final int REDO = 40;
    private static final int TIMELINE = 48;
    private static final int CHECKSUM_VERSION = 216 + 36;
    private static final int CRC = 288;
    private static final int MINIMUM = 136;
    private static final int SHUT_DOWN = 1;
    private static final int SHUT_DOWN_IN_RECOVERY = 2;

    private final ByteBuffer bytes;

    private ControlBytes(long systemIdentifier) {
        try (InputStream golden = ControlFile.class.getResourceAsStream("pg_control/15")) {
            byte[] data = Objects.requireNonNull(golden).readAllBytes();
            this.bytes =
                    ByteBuffer.wrap(Arrays.copyOf(data, ControlFile.FILE_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bytes.putLong(0, systemIdentifier);
    }

    /** Of a server that runs, or crashed. */
    public static ControlBytes of(long systemIdentifier) {
        return new ControlBytes(systemIdentifier);
    }

    /** Of a server that was shut down there. */
    public ControlBytes shutDownAt(int timeline, String lsn) {
        bytes.putInt(STATE, SHUT_DOWN);
        bytes.putLong(REDO, Lsn.parse(lsn).value());
        bytes.putInt(TIMELINE, timeline);
        return this;
    }

    /** Of a standby that was shut down: its last restart point, and how far it had come. */
    public ControlBytes standbyShutDownAt(int timeline, String redo, int minimumTimeline, String minimum) {
        shutDownAt(timeline, redo);
        bytes.putInt(STATE, SHUT_DOWN_IN_RECOVERY);
        bytes.putLong(MINIMUM, Lsn.parse(minimum).value());
        bytes.putInt(MINIMUM + 8, minimumTimeline);
        return this;
    }

    /** Of a cluster without page checksums. */
    public ControlBytes withoutChecksums() {
        bytes.putInt(CHECKSUM_VERSION, 0);
        return this;
    }

    /** The file. */
    public byte[] done() {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, CRC);
        return bytes.putInt(CRC, (int) crc.getValue()).array();
    }
}
