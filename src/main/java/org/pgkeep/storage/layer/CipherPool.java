package org.pgkeep.storage.layer;

import java.util.concurrent.ArrayBlockingQueue;
import org.pgkeep.codec.seal.SliceCipher;

/** Ciphers and their buffers, reused from read to read: making one costs more than unsealing a small record. Thread-safe. */
final class CipherPool {
    private static final int KEPT_MAX = 64;

    private final ArrayBlockingQueue<Tools> idle = new ArrayBlockingQueue<>(KEPT_MAX);

    /** What one read needs; for one thread at a time. */
    static final class Tools {
        private final SliceCipher cipher = new SliceCipher();
        private final byte[] slice = new byte[SliceCipher.CONTENT_BYTES];
        private byte[] stored = new byte[0];

        SliceCipher cipher() {
            return cipher;
        }

        /** Room for one slice's content. */
        byte[] slice() {
            return slice;
        }

        /** Room for this many stored bytes. */
        byte[] stored(int length) {
            if (stored.length < length) {
                stored = new byte[length];
            }
            return stored;
        }
    }

    Tools take() {
        Tools tools = idle.poll();
        return tools == null ? new Tools() : tools;
    }

    void giveBack(Tools tools) {
        boolean _ = idle.offer(tools);
    }
}
