package org.pgkeep.repository;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.Storage;

/** Records that are read whole. */
final class SmallObjects {
    /** No record of pgkeep's is near this long; anything longer is none. */
    static final int BYTES_MAX = 64 << 20;

    private SmallObjects() {}

    static Optional<byte[]> read(Storage storage, ObjectName name) {
        Optional<ObjectReader> opened = storage.open(name);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (ObjectReader reader = opened.get()) {
            if (reader.size() > BYTES_MAX) {
                throw new PgkeepException(
                        ErrorCode.DAMAGED,
                        storage.location(name) + " is " + reader.size() + " bytes long: too long for a record");
            }
            byte[] content = new byte[(int) reader.size()];
            reader.read(0, ByteBuffer.wrap(content));
            return Optional.of(content);
        }
    }
}
