package org.pgkeep.backup;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.ManifestWriter;

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

    /** Writes every entry. */
    void write(ListingSpool listing, ManifestWriter target) {
        ListingSpool.Reader reader = listing.read();
        for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
            entry(next.get(), reader.ordinal()).ifPresent(target::add);
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
        Optional<Entry.OfFile> known = base == null ? Optional.empty() : base.file(listed.path());
        GatheredFile gathered = new GatheredFile(listed.sizeBytes(), known.orElse(null), references);
        for (; results.isOf(ordinal); results.next()) {
            gathered.take(results);
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
