package org.pgkeep.repository;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pgkeep.codec.StreamCodec;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.WalHeader;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.Storage;

/** Reads what is stored in an archive of WAL: expands it, and proves it by the hash in its name. Thread-safe. */
final class WalContent {
    private final WalArchive wal;
    private final Storage storage;

    WalContent(WalArchive wal, Storage storage) {
        this.wal = wal;
        this.storage = storage;
    }

    /** The content of a small file. */
    String text(WalArchive.Stored stored) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try {
            long _ = copyTo(stored, content);
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "a buffer in memory fails").causedBy(e);
        }
        return content.toString(StandardCharsets.UTF_8);
    }

    /**
     * Copies a stored file's content out and proves its hash. What was written before an error must not be used.
     *
     * @return bytes copied
     * @throws PgkeepException {@code DAMAGED} when the content is not what was stored
     * @throws IOException when writing to the target fails
     */
    long copyTo(WalArchive.Stored stored, OutputStream target) throws IOException {
        ObjectReader reader = open(stored);
        Xxh3.Stream128 hash = Xxh3.stream128();
        byte[] buffer = new byte[1 << 18];
        long total = 0;
        try (reader;
                InputStream content = expanding(stored, reader)) {
            for (int n = read(stored, content, buffer); n >= 0; n = read(stored, content, buffer)) {
                hash.put(buffer, 0, n);
                target.write(buffer, 0, n);
                total += n;
            }
        }
        if (!wal.nameHash(stored.file(), hash.hex()).equals(stored.hash())) {
            throw damaged(stored, "has another content than its name says");
        }
        return total;
    }

    /**
     * The header of a stored segment, without its hash being proved.
     *
     * @throws PgkeepException {@code DAMAGED}, or {@code CLUSTER_DAMAGED} when the content does not begin as a segment
     */
    WalHeader header(WalArchive.Stored stored) {
        ObjectReader reader = open(stored);
        try (reader;
                InputStream content = expanding(stored, reader)) {
            byte[] start = new byte[WalHeader.BYTES];
            int length = 0;
            for (int n = 0; n >= 0 && length < start.length; length += Math.max(0, n)) {
                n = content.read(start, length, start.length - length);
            }
            return WalHeader.parse(Arrays.copyOf(start, length), wal.location(stored));
        } catch (IOException e) {
            throw damaged(stored, "cannot be expanded: " + e.getMessage()).causedBy(e);
        }
    }

    /**
     * What is stored, compressed as it is.
     *
     * @throws PgkeepException {@code DAMAGED} when it is not there
     */
    ObjectReader open(WalArchive.Stored stored) {
        return storage.open(stored.object())
                .orElseThrow(() -> new PgkeepException(ErrorCode.DAMAGED, wal.location(stored) + " is missing"));
    }

    private InputStream expanding(WalArchive.Stored stored, ObjectReader reader) {
        try {
            return StreamCodec.expanding(new ObjectStreams.Input(reader), stored.algorithm());
        } catch (IOException e) {
            throw damaged(stored, "cannot be expanded").causedBy(e);
        }
    }

    private int read(WalArchive.Stored stored, InputStream content, byte[] buffer) {
        try {
            return content.read(buffer);
        } catch (IOException e) {
            throw damaged(stored, "cannot be expanded: " + e.getMessage()).causedBy(e);
        }
    }

    private PgkeepException damaged(WalArchive.Stored stored, String how) {
        return new PgkeepException(
                ErrorCode.DAMAGED,
                wal.location(stored) + " " + how,
                "If PostgreSQL still has " + stored.file() + ", remove the damaged object and archive it again.");
    }
}
