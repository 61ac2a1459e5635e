package org.pgkeep.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Hash indexes, whose changes PostgreSQL 9.6 did not log: what WAL tells of them is not all. */
final class HashIndexes {
    /** {@code hashm_magic}, the first field after the page header of the first page ({@code access/hash.h}). */
    private static final int MAGIC = 0x6440640;

    private static final int PAGE_HEADER_BYTES = 24;

    private HashIndexes() {}

    /** Whether a file is the beginning of one. */
    static boolean isOne(Path file) {
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] start = stream.readNBytes(PAGE_HEADER_BYTES + Integer.BYTES);
            return start.length == PAGE_HEADER_BYTES + Integer.BYTES
                    && ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(PAGE_HEADER_BYTES) == MAGIC;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }
}
