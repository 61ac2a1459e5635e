package org.pgkeep.storage.layer;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.codec.seal.ObjectKey;
import org.pgkeep.codec.seal.SliceCipher;

/** Content on its way into a sealed object: sealed slice by slice. For one thread. */
final class SealedOutput {
    private final SliceCipher cipher;
    private final ObjectKey key;
    private final Consumer<ByteBuffer> target;
    private final Xxh3.Stream64 hash = Xxh3.stream64();
    private final byte[] content = new byte[SliceCipher.CONTENT_BYTES];
    private final byte[] stored = new byte
            [SealedShell.HEADER_BYTES + SliceCipher.CONTENT_BYTES + SliceCipher.TAG_BYTES + SealedShell.END_BYTES];
    private int used;
    private int storedUsed;
    private long slices;
    private long total;

    /** Whose stored form goes to the target. */
    SealedOutput(SliceCipher cipher, ObjectKey key, ByteBuffer header, Consumer<ByteBuffer> target) {
        this.cipher = cipher;
        this.key = key;
        this.target = target;
        store(header);
        hash.put(stored, 0, storedUsed);
    }

    /** Bytes of content so far. */
    long contentBytes() {
        return total;
    }

    void put(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (used == content.length) {
                sealSlice();
            }
            int length = Math.min(bytes.remaining(), content.length - used);
            bytes.get(content, used, length);
            used += length;
            total += length;
        }
    }

    /** Nothing comes after. */
    void finish() {
        if (used > 0) {
            sealSlice();
        }
        int from = storedUsed;
        store(SealedShell.end(total, cipher.endTag(key, total)));
        hash.put(stored, from, storedUsed - from);
        store(SealedShell.last(hash.value()));
        flush();
    }

    private void sealSlice() {
        if (slices > 0) {
            flush();
        }
        int length = cipher.seal(key, slices, content, 0, used, stored, storedUsed);
        hash.put(stored, storedUsed, length);
        storedUsed += length;
        slices++;
        used = 0;
    }

    private void store(ByteBuffer bytes) {
        int length = bytes.remaining();
        bytes.get(stored, storedUsed, length);
        storedUsed += length;
    }

    /** Before the next slice, and at the end: a small object is written at once. */
    private void flush() {
        target.accept(ByteBuffer.wrap(stored, 0, storedUsed));
        storedUsed = 0;
    }
}
