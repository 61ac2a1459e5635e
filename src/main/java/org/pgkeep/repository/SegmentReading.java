package org.pgkeep.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.WholeCodec;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;

/**
 * A segment on its way through a process that stores it and ends: PostgreSQL waits for that, and mostly a second core is idle. A second thread
 * summarizes it while the first opens the repository; then the first hashes and compresses it from the front, and when the second is done it
 * compresses from the back.
 */
public final class SegmentReading {
    private final Path file;
    private final FilePieces.Seen seen;
    private Optional<PackedPieces> packed;
    private final Optional<Summarizing> summary;
    private final FutureTask<Void> beside;
    private @Nullable String hash;
    private boolean failed;

    private SegmentReading(Path file, long bytes, Compression compression, Optional<Summarizing> summary) {
        this.file = file;
        this.seen = new FilePieces.Seen(bytes);
        this.packed = bytes <= SegmentMemory.BYTES_MAX && WholeCodec.serves(compression)
                ? Optional.of(new PackedPieces(seen.pieces(), compression))
                : Optional.empty();
        this.summary = summary;
        this.beside = new FutureTask<>(this::workBeside, null);
    }

    /**
     * Begins.
     *
     * @param compression how it will be stored; what cannot be compressed in pieces, or is longer than usual, is not compressed here
     * @param summarize whether its summary will be wanted
     * @throws PgkeepException {@code FILE_READ}, {@code PATH_MISSING} or {@code PERMISSION}
     */
    public static SegmentReading begin(Path file, SegmentName name, Compression compression, boolean summarize) {
        try {
            SegmentReading reading = new SegmentReading(
                    file,
                    Files.size(file),
                    compression,
                    summarize ? Optional.of(new Summarizing(name)) : Optional.empty());
            Thread.ofPlatform().daemon().name("pgkeep-segment").start(reading.beside);
            return reading;
        } catch (IOException e) {
            throw reading(file, e);
        }
    }

    private void workBeside() {
        // Else the first thread, which needs it next, has half a megabyte hashed by code that is not compiled.
        Xxh3.warmUp();
        byte[] content = new byte[FilePieces.BYTES];
        try (FilePieces pieces = FilePieces.open(file, seen)) {
            if (summary.isPresent()) {
                for (int piece = 0; piece < seen.pieces(); piece++) {
                    summary.get().write(content, 0, pieces.read(piece, content));
                }
                summary.get().finish();
            }
            if (packed.isPresent()) {
                packFromTheBack(pieces, content, packed.get());
            }
        } catch (IOException e) {
            throw reading(file, e);
        }
    }

    private void packFromTheBack(FilePieces pieces, byte[] content, PackedPieces target) throws IOException {
        try (PackedPieces.Packer packer = target.packer()) {
            for (int piece = seen.pieces() - 1; piece >= 0 && target.take(piece); piece--) {
                packer.pack(piece, content, pieces.read(piece, content));
            }
        }
    }

    /** The file. */
    Path file() {
        return file;
    }

    /**
     * Does the rest, unless that is done, and waits for the other thread. By one thread at a time. What only the other thread could not do is
     * missing then; what keeps this one from reading is an error, after which a new reading must begin.
     *
     * @return XXH3-128 of the content
     * @throws PgkeepException {@code FILE_READ} when the file cannot be read, or changes meanwhile
     */
    String complete() {
        failed = true;
        try {
            String known = hash;
            if (known == null) {
                known = packed.isPresent() ? hashAndPack(packed.get()) : hashOnly();
                hash = known;
            }
            awaitOther();
            if (seen.isChanged(file)) {
                throw new PgkeepException(ErrorCode.FILE_READ, file + " changed while it was read");
            }
            failed = false;
            return known;
        } catch (IOException e) {
            throw reading(file, e);
        }
    }

    private void awaitOther() {
        try {
            Void _ = beside.get();
        } catch (ExecutionException e) {
            // PostgreSQL would offer the segment again for ever, for what it can do without.
            packed = Optional.empty();
            summary.ifPresent(
                    without -> without.fail(Optional.ofNullable(e.getCause()).orElse(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while reading " + file).causedBy(e);
        }
    }

    /** Whether it came to an end with an error, or nobody knows to which. */
    boolean isFailed() {
        return failed;
    }

    private String hashAndPack(PackedPieces target) throws IOException {
        Xxh3.Stream128 sum = Xxh3.stream128();
        byte[] content = new byte[FilePieces.BYTES];
        try (FilePieces pieces = FilePieces.open(file, seen);
                PackedPieces.Packer packer = target.packer()) {
            for (int piece = 0; piece < seen.pieces(); piece++) {
                int length = pieces.read(piece, content);
                sum.put(content, 0, length);
                if (target.take(piece)) {
                    packer.pack(piece, content, length);
                }
            }
        }
        return sum.hex();
    }

    private String hashOnly() throws IOException {
        Xxh3.Stream128 sum = Xxh3.stream128();
        byte[] content = new byte[FilePieces.BYTES];
        try (FilePieces pieces = FilePieces.open(file, seen)) {
            for (int piece = 0; piece < seen.pieces(); piece++) {
                sum.put(content, 0, pieces.read(piece, content));
            }
        }
        return sum.hex();
    }

    /** Its summary, once it is complete; empty when none is wanted. */
    Optional<Summarizing> summary() {
        return summary;
    }

    /** What it is compressed to, once it is complete; empty when it is not compressed here. */
    Optional<PackedPieces> packed() {
        return packed;
    }

    private static PgkeepException reading(Path file, IOException e) {
        return PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
    }
}
