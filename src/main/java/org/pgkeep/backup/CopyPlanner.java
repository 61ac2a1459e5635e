package org.pgkeep.backup;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.backup.change.BlockSet;
import org.pgkeep.backup.change.ChangedBlocks;
import org.pgkeep.backup.change.Changes;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Entry;

/**
 * Decides what is read of every file: all of it in a full backup, and in an incremental one what may have changed since the base.
 *
 * <p>Only relations' main forks are left to what is known of changes. Everything else is read and compared, since PostgreSQL does
 * not log every change of it: free space maps not at all, visibility maps not when bits are cleared, SLRUs by operation.
 */
final class CopyPlanner {
    /** Which files the catalogs are in: so small, and so fatal when wrong, that it is read whatever its time says. */
    private static final String FILENODE_MAP = "/pg_filenode.map";

    private final Path dataDirectory;
    private final ControlFile control;
    private final BaseFile.Source source;
    private final Changes changes;
    private final Untold untold;

    CopyPlanner(Path dataDirectory, ControlFile control, BaseFile.Source source, Changes changes, Untold untold) {
        this.dataDirectory = dataDirectory;
        this.control = control;
        this.source = source;
        this.changes = changes;
        this.untold = untold;
    }

    /** Plans a full backup. */
    static void planFull(ListingSpool listing, Remains.Files remains, CopyPlan plan) {
        ListingSpool.Reader reader = listing.read();
        for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
            ListedEntry entry = next.get();
            if (isCopied(entry)) {
                long ordinal = reader.ordinal();
                plan.add(new CopyJob.Source(
                        ordinal, entry.path(), entry.sizeBytes(), new Reading.Whole(), remains.of(ordinal)));
            }
        }
        plan.finish();
    }

    /** Whether workers copy it: the control file is copied last, by itself. */
    private static boolean isCopied(ListedEntry entry) {
        // What is empty stays so, for what is in it later the WAL brings; if there is WAL of it.
        boolean mayHaveContent =
                entry.sizeBytes() > 0 || FileKind.ofPath(entry.path().latin1()) == FileKind.OTHER;
        return entry.type() == ListedEntry.Type.FILE
                && mayHaveContent
                && !entry.path().latin1().equals(ControlFile.PATH);
    }

    /** Plans an incremental backup. */
    void plan(ListingSpool listing, BaseManifest base, Remains.Files remains, CopyPlan plan) {
        if (changes instanceof Changes.Listed(var _, var blocks)) {
            listRelations(listing, blocks, !control.version().isAtLeast(MajorVersion.V10));
            try (ChangedBlocks.Files files = blocks.byFile()) {
                plan(listing, base, remains, plan, files);
            }
        } else {
            plan(listing, base, remains, plan, null);
        }
        plan.finish();
    }

    private void listRelations(ListingSpool listing, ChangedBlocks blocks, boolean hashIndexesAreUnlogged) {
        ListingSpool.Reader reader = listing.read();
        for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
            ListedEntry entry = next.get();
            if (isCopied(entry)) {
                mainFork(entry).ifPresent(file -> {
                    blocks.file(file, reader.ordinal(), entry.sizeBytes());
                    if (hashIndexesAreUnlogged
                            && file.segment() == 0
                            && HashIndexes.isOne(entry.path().under(dataDirectory))) {
                        blocks.limit(file.tablespace(), file.database(), file.node(), 0);
                    }
                });
            }
        }
    }

    private static Optional<RelationFile> mainFork(ListedEntry entry) {
        return FileKind.ofPath(entry.path().latin1()) == FileKind.MAIN_FORK
                ? RelationFile.parse(entry.path().latin1())
                : Optional.empty();
    }

    private void plan(
            ListingSpool listing,
            BaseManifest base,
            Remains.Files remains,
            CopyPlan plan,
            ChangedBlocks.@Nullable Files changed) {
        ListingSpool.Reader reader = listing.read();
        for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
            ListedEntry entry = next.get();
            if (isCopied(entry)) {
                long ordinal = reader.ordinal();
                Optional<Entry.OfFile> known = base.file(entry.path()).filter(file -> file.sizeBytes() > 0);
                Optional<Reading> reading = known.isEmpty()
                        ? Optional.of(new Reading.Whole())
                        : reading(entry, known.get(), ordinal, changed);
                reading.ifPresent(how -> plan.add(
                        new CopyJob.Source(ordinal, entry.path(), entry.sizeBytes(), how, remains.of(ordinal))));
            }
        }
    }

    /** What is read of a file that the base has; empty when it is certain to be the same. */
    private Optional<Reading> reading(
            ListedEntry entry, Entry.OfFile known, long ordinal, ChangedBlocks.@Nullable Files changed) {
        BaseFile base = new BaseFile(known.sizeBytes(), known.extents(), source);
        boolean told = mainFork(entry).filter(file -> !untold.has(file)).isPresent();
        return switch (changes) {
            case Changes.ByTime time when isSame(entry, known, time) -> Optional.empty();
            case Changes.Listed _ when told && changed != null -> some(entry, known, base, changed.of(ordinal));
            // A page that the base has damaged may be whole by now, with the same LSN.
            case Changes.ByLsn(var since)
            when told && known.badBlocks().isEmpty() -> Optional.of(new Reading.Compared(base, since));
            case Changes.Listed _, Changes.ByLsn _, Changes.ByTime _, Changes.ByHash _ ->
                Optional.of(new Reading.Compared(base, Lsn.INVALID));
        };
    }

    /** A time in the future, or one that the base's own reading may have missed a change after, proves nothing. */
    private static boolean isSame(ListedEntry entry, Entry.OfFile known, Changes.ByTime time) {
        Instant modified = entry.attributes().modified();
        return !entry.path().latin1().endsWith(FILENODE_MAP)
                && entry.sizeBytes() == known.sizeBytes()
                && modified.equals(known.attributes().modified())
                && modified.isBefore(time.trustedBefore())
                && !modified.isAfter(time.now())
                && known.badBlocks().isEmpty();
    }

    private Optional<Reading> some(ListedEntry entry, Entry.OfFile known, BaseFile base, BlockSet changed) {
        long blocks = Blocks.count(entry.sizeBytes());
        BlockSet set = changed;
        if (entry.sizeBytes() != known.sizeBytes()) {
            // From the last block that both have: its length may differ, and its group's hash does.
            set = aligned(set, Math.min(blocks, base.blocks()) - 1, blocks);
        }
        for (long page : known.badBlocks()) {
            long inSegment =
                    page % control.layout().segmentBlocks() * control.layout().blockBytes();
            set = aligned(set, inSegment / Blocks.BYTES, inSegment / Blocks.BYTES + 1);
        }
        BlockSet toRead = set.before(blocks);
        return toRead.groups() == 0 ? Optional.empty() : Optional.of(new Reading.Some(base, toRead));
    }

    /** Adds blocks, and the rest of the pages that they belong to. */
    private BlockSet aligned(BlockSet set, long first, long end) {
        long perPage = Math.max(1, control.layout().blockBytes() / Blocks.BYTES);
        return set.with(first / perPage * perPage, (end + perPage - 1) / perPage * perPage);
    }
}
