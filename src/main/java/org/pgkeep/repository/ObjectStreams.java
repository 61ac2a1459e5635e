package org.pgkeep.repository;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;

/** Stored objects as the streams that codecs want. Closing one leaves the object to its owner. */
final class ObjectStreams {
    private ObjectStreams() {}

    /** Appends to an object. */
    static final class Output extends OutputStream {
        private final ObjectWriter target;

        Output(ObjectWriter target) {
            this.target = target;
        }

        @Override
        public void write(int b) {
            target.write(ByteBuffer.wrap(new byte[] {(byte) b}));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            target.write(ByteBuffer.wrap(bytes, offset, length));
        }
    }

    /** Reads an object from its beginning. */
    static final class Input extends InputStream {
        private final ObjectReader source;
        private long position;

        Input(ObjectReader source) {
            this.source = source;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            int n = (int) Math.min(length, source.size() - position);
            if (n <= 0) {
                return length == 0 ? 0 : -1;
            }
            source.read(position, ByteBuffer.wrap(bytes, offset, n));
            position += n;
            return n;
        }
    }
}
