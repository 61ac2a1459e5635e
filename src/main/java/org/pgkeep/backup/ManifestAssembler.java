package org.pgkeep.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.ManifestWriter;

/** Merges the listing with what the workers found into the manifest: both are in the same order. */
final class ManifestAssembler {
    private static final long GROUP_BYTES = (long) Blocks.BYTES * Blocks.PER_GROUP;

    private final CopyResults.Cursor results;
    private final Consumer<BackupRecord.Warning> warn;
    private long files;
    private long bytes;

    ManifestAssembler(CopyResults.Cursor results, Consumer<BackupRecord.Warning> warn) {
        this.results = results;
        this.warn = warn;
    }

    /** Writes every entry. */
    void write(ListingSpool listing, ManifestWriter target) {
        try (ListingSpool.Reader reader = listing.read()) {
            long ordinal = 0;
            for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
                entry(next.get(), ordinal).ifPresent(target::add);
                ordinal++;
            }
        }
    }

    /** Regular files written. */
    long files() {
        return files;
    }

    /** Sum of their sizes. */
    long bytes() {
        return bytes;
    }

    private Optional<Entry> entry(ListedEntry listed, long ordinal) {
        return switch (listed.type()) {
            case DIRECTORY -> Optional.of(new Entry.OfDirectory(listed.path(), listed.attributes()));
            case LINK ->
                Optional.of(new Entry.OfLink(
                        listed.path(), listed.attributes(), listed.link().orElseThrow()));
            case FILE -> file(listed, ordinal);
        };
    }

    private Optional<Entry> file(ListedEntry listed, long ordinal) {
        Gathered gathered = new Gathered(listed.sizeBytes());
        for (; results.isOf(ordinal); results.next()) {
            gathered.take(results);
        }
        if (gathered.vanished) {
            return Optional.empty();
        }
        long size = gathered.finish();
        if (!gathered.badPages.isEmpty()) {
            List<Long> pages = gathered.badPages;
            String message = pages.size() == 1
                    ? "page " + pages.getFirst() + " of " + listed.path() + " failed its check"
                    : pages.size() + " pages of " + listed.path() + " failed their check, the first is "
                            + pages.getFirst();
            warn.accept(new BackupRecord.Warning(listed.path().toString(), pages, message));
        }
        files++;
        bytes += size;
        return Optional.of(new Entry.OfFile(
                listed.path(),
                listed.attributes(),
                FileKind.ofPath(listed.path().latin1()),
                size,
                gathered.hash(size),
                gathered.extents,
                gathered.badPages,
                listed.link()));
    }

    /** The records of one file, which come by group and, within one, by block. */
    private static final class Gathered {
        private final long listedBytes;
        private final List<Extent> extents = new ArrayList<>();
        private final List<Long> badPages = new ArrayList<>();
        private final List<Long> groupHashes = new ArrayList<>();
        private boolean vanished;
        private boolean shrunk;
        private long endBytes;
        private long blocks;

        Gathered(long listedBytes) {
            this.listedBytes = listedBytes;
        }

        void take(CopyResults.Cursor record) {
            switch (record.kind()) {
                case CopyResults.EXTENT -> extent(record);
                case CopyResults.END -> end(record);
                case CopyResults.BAD_PAGE -> badPages.add(record.value());
                case CopyResults.VANISHED -> vanished = true;
                default -> throw new PgkeepException(ErrorCode.BUG, "copy result of kind " + record.kind());
            }
        }

        /**
         * The file was truncated while it was read. Whatever stands behind that place was written afterwards, and so after the
         * backup began: recovery brings it from the WAL, whole pages first.
         */
        private void end(CopyResults.Cursor record) {
            if (!shrunk) {
                shrunk = true;
                endBytes = record.value() == 0 ? record.group() * GROUP_BYTES : record.value();
            }
        }

        private void extent(CopyResults.Cursor record) {
            if (shrunk) {
                return;
            }
            if (record.group() * Blocks.PER_GROUP + record.firstInGroup() != blocks) {
                throw new PgkeepException(ErrorCode.BUG, "copy results leave out block " + blocks);
            }
            if (record.firstInGroup() == 0) {
                groupHashes.add(record.value());
            }
            extents.add(
                    record.pack() == 0
                            ? Extent.zero(record.blocks())
                            : new Extent(record.blocks(), 1, record.pack(), record.frame(), record.firstInFrame()));
            blocks += record.blocks();
        }

        /** The file's size: as listed, or less when it shrank. */
        long finish() {
            long size = shrunk ? endBytes : listedBytes;
            if (Blocks.count(size) != blocks) {
                throw new PgkeepException(
                        ErrorCode.BUG, "copy results cover " + blocks + " blocks of a file of " + size + " bytes");
            }
            return size;
        }

        long hash(long size) {
            Xxh3.Stream64 hash = Blocks.fileHash(size);
            groupHashes.forEach(hash::putLong);
            return hash.value();
        }
    }
}
