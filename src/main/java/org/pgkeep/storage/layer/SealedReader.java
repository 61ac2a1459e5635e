package org.pgkeep.storage.layer;

import java.nio.ByteBuffer;
import org.pgkeep.codec.seal.ObjectKey;
import org.pgkeep.codec.seal.SliceCipher;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectReader;

/** The content of a sealed object. What is given out was proved. Thread-safe. */
final class SealedReader implements ObjectReader {
    /** As many slices as the longest frame of a pack touches: one read of the store for it. */
    private static final int SLICES_AT_ONCE = 18;

    private final ObjectReader inner;
    private final ObjectKey key;
    private final long size;
    private final CipherPool ciphers;
    private final String location;

    SealedReader(ObjectReader inner, ObjectKey key, long size, CipherPool ciphers, String location) {
        this.inner = inner;
        this.key = key;
        this.size = size;
        this.ciphers = ciphers;
        this.location = location;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0 || target.remaining() > size - offset) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    location + " ends at byte " + size + ", before byte " + (offset + target.remaining()));
        }
        CipherPool.Tools tools = ciphers.take();
        try {
            long at = offset;
            while (target.hasRemaining()) {
                at += readSome(at, target, tools);
            }
        } finally {
            ciphers.giveBack(tools);
        }
    }

    /** Returns how many bytes were added to the target. */
    private int readSome(long offset, ByteBuffer target, CipherPool.Tools tools) {
        long first = offset / SliceCipher.CONTENT_BYTES;
        long after = Math.min(SliceCipher.slices(offset + target.remaining()), first + SLICES_AT_ONCE);
        int length = (int) (storedEnd(after) - SealedShell.sliceOffset(first));
        byte[] stored = tools.stored(length);
        inner.read(SealedShell.sliceOffset(first), ByteBuffer.wrap(stored, 0, length));
        int before = target.remaining();
        int skip = (int) (offset - first * SliceCipher.CONTENT_BYTES);
        for (long number = first; number < after; number++) {
            int from = (int) (SealedShell.sliceOffset(number) - SealedShell.sliceOffset(first));
            int sealed = (int) (storedEnd(number + 1) - SealedShell.sliceOffset(number));
            unseal(number, stored, from, sealed, skip, target, tools);
            skip = 0;
        }
        return before - target.remaining();
    }

    /** Where the slices before this one end in the stored object. */
    private long storedEnd(long slice) {
        long content = Math.min(size, slice * SliceCipher.CONTENT_BYTES);
        return SealedShell.HEADER_BYTES + content + slice * SliceCipher.TAG_BYTES;
    }

    /** Adds a slice's content to the target from its {@code skip}-th byte on, as much as there is room for. */
    private void unseal(
            long number, byte[] stored, int from, int sealed, int skip, ByteBuffer target, CipherPool.Tools tools) {
        int content = sealed - SliceCipher.TAG_BYTES;
        boolean straight = skip == 0 && target.hasArray() && target.remaining() >= content;
        byte[] place = straight ? target.array() : tools.slice();
        int at = straight ? target.arrayOffset() + target.position() : 0;
        if (!tools.cipher().unseal(key, number, stored, from, sealed, place, at)) {
            long start = number * SliceCipher.CONTENT_BYTES;
            throw SealedShell.broken(location, ", from byte " + start + " to " + (start + content) + " of its content");
        }
        if (straight) {
            target.position(target.position() + content);
        } else {
            target.put(place, skip, Math.min(content - skip, target.remaining()));
        }
    }

    @Override
    public void close() {
        inner.close();
    }
}
