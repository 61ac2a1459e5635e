package org.pgkeep.repository;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pgkeep.storage.ObjectWriter;

/** Compressed bytes in memory, which grow as they come: room for all there may be would cost more than compressing takes. For one thread. */
final class PackedBytes extends OutputStream {
    private static final int STEP_BYTES = 1 << 16;

    private final List<byte[]> full = new ArrayList<>();
    private byte[] last = new byte[STEP_BYTES];
    private int lastLength;

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int done = 0;
        while (done < length) {
            if (lastLength == last.length) {
                full.add(last);
                last = new byte[STEP_BYTES];
                lastLength = 0;
            }
            int count = Math.min(length - done, last.length - lastLength);
            System.arraycopy(bytes, offset + done, last, lastLength, count);
            lastLength += count;
            done += count;
        }
    }

    /** Writes all of it. */
    void writeTo(ObjectWriter target) {
        for (byte[] each : full) {
            target.write(ByteBuffer.wrap(each));
        }
        target.write(ByteBuffer.wrap(last, 0, lastLength));
    }
}
