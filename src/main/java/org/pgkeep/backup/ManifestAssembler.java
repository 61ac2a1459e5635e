package org.pgkeep.backup;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.ManifestWriter;
import org.pgkeep.repository.PathName;

/**
 * Merges the listing with what the workers found, and with the base's manifest, into the manifest: all are in the same order.
 */
final class ManifestAssembler {
    private final CopyResults.Cursor results;
    private final @Nullable BaseManifest base;
    private final References references;
    private final Consumer<BackupRecord.Warning> warn;
    private long files;
    private long bytes;

    /**
     * An assembler.
     *
     * @param references numbers the base's sources anew
     */
    ManifestAssembler(
            CopyResults.Cursor results,
            @Nullable BaseManifest base,
            References references,
            Consumer<BackupRecord.Warning> warn) {
        this.results = results;
        this.base = base;
        this.references = references;
        this.warn = warn;
    }

    /** Writes every entry: what was listed, and the WAL that became part of the backup. */
    void write(ListingSpool listing, WalFiles wal, ManifestWriter target) {
        WalEntries between = new WalEntries(wal, target);
        ListingSpool.Reader reader = listing.read();
        for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
            between.writeBefore(next.get().path());
            entry(next.get(), reader.ordinal()).ifPresent(target::add);
        }
        between.writeRest();
    }

    /** The WAL's entries, which no listing has. */
    private final class WalEntries {
        private final Iterator<ListedEntry> entries;
        private final CopyResults.Cursor results;
        private final ManifestWriter target;
        private @Nullable ListedEntry next;
        private long ordinal = -1;

        WalEntries(WalFiles wal, ManifestWriter target) {
            this.entries = wal.entries();
            this.results = wal.results().sorted();
            this.target = target;
            step();
        }

        private void step() {
            next = entries.hasNext() ? entries.next() : null;
            ordinal++;
        }

        void writeBefore(PathName path) {
            for (ListedEntry entry = next; entry != null && entry.path().compareTo(path) < 0; entry = next) {
                file(entry, results, ordinal).ifPresent(target::add);
                step();
            }
        }

        void writeRest() {
            for (ListedEntry entry = next; entry != null; entry = next) {
                file(entry, results, ordinal).ifPresent(target::add);
                step();
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
            case FILE -> file(listed, results, ordinal);
        };
    }

    private Optional<Entry> file(ListedEntry listed, CopyResults.Cursor found, long ordinal) {
        Optional<Entry.OfFile> known = base == null ? Optional.empty() : base.file(listed.path());
        GatheredFile gathered = new GatheredFile(listed.sizeBytes(), known.orElse(null), references);
        for (; found.isOf(ordinal); found.next()) {
            gathered.take(found);
        }
        if (gathered.hasVanished()) {
            return Optional.empty();
        }
        long size = gathered.finish();
        warnOf(listed, gathered.badPages());
        files++;
        bytes += size;
        return Optional.of(new Entry.OfFile(
                listed.path(),
                listed.attributes(),
                FileKind.ofPath(listed.path().latin1()),
                size,
                gathered.hash(),
                gathered.groups(),
                gathered.extents(),
                gathered.badPages(),
                listed.link()));
    }

    private void warnOf(ListedEntry listed, List<Long> badPages) {
        if (!badPages.isEmpty()) {
            String message = badPages.size() == 1
                    ? "page " + badPages.getFirst() + " of " + listed.path() + " failed its check"
                    : badPages.size() + " pages of " + listed.path() + " failed their check, the first is "
                            + badPages.getFirst();
            warn.accept(new BackupRecord.Warning(listed.path().toString(), badPages, message));
        }
    }
}
