package org.pgkeep.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.GroupHashes;

/** One file of the new manifest, from results that come by group and, within one, by block; the base has what they leave out. */
final class GatheredFile {
    private static final long GROUP_BYTES = (long) Blocks.BYTES * Blocks.PER_GROUP;

    private long sizeBytes;
    private final @Nullable BaseExtents base;
    private final Entry.@Nullable OfFile known;
    private final References references;
    private final List<Extent> extents = new ArrayList<>();
    private final List<Long> badPages = new ArrayList<>();
    private long[] groupHashes;
    private boolean vanished;
    private boolean touched;
    private boolean shrunk;
    private long endBytes;
    private long blocks;

    /**
     * A file.
     *
     * @param known as the base has it
     */
    GatheredFile(long listedBytes, Entry.@Nullable OfFile known, References references) {
        this.sizeBytes = listedBytes;
        this.known = known;
        this.base = known == null ? null : new BaseExtents(known.extents());
        this.references = references;
        // It may be longer than listed by now, and as the base has it.
        int groups = known == null ? 0 : known.groups().count();
        this.groupHashes = new long[Math.max(GroupHashes.groupsOf(listedBytes), groups)];
        for (int i = 0; known != null && i < groups; i++) {
            groupHashes[i] = known.groups().get(i);
        }
    }

    void take(CopyResults.Cursor record) {
        switch (record.kind()) {
            case CopyResults.EXTENT -> extent(record);
            case CopyResults.END -> end(record);
            case CopyResults.BAD_PAGE -> badPages.add(record.value());
            case CopyResults.VANISHED -> vanished = true;
            case CopyResults.GROWN -> sizeBytes = record.value();
            default -> throw new PgkeepException(ErrorCode.BUG, "copy result of kind " + record.kind());
        }
    }

    boolean hasVanished() {
        return vanished;
    }

    /**
     * The file was truncated while it was read. Whatever stands behind that place was written afterwards, and so after the backup
     * began: recovery brings it from the WAL, whole pages first.
     */
    private void end(CopyResults.Cursor record) {
        touched = true;
        if (!shrunk) {
            shrunk = true;
            endBytes = record.value() == 0 ? record.group() * GROUP_BYTES : record.value();
        }
    }

    private void extent(CopyResults.Cursor record) {
        touched = true;
        if (shrunk) {
            return;
        }
        keepUpTo(record.group() * Blocks.PER_GROUP + record.firstInGroup());
        if (record.group() >= groupHashes.length) {
            groupHashes = Arrays.copyOf(groupHashes, (int) record.group() + 1);
        }
        groupHashes[(int) record.group()] = record.value();
        if (record.pack() == CopyResults.KEPT) {
            keepUpTo(blocks + record.blocks());
            return;
        }
        extents.add(
                record.pack() == 0
                        ? Extent.zero(record.blocks())
                        : new Extent(
                                record.blocks(),
                                references.stored(record.source(), record.pack()),
                                record.pack(),
                                record.frame(),
                                record.firstInFrame()));
        blocks += record.blocks();
    }

    /** The blocks from here up to that one are as in the base. */
    private void keepUpTo(long end) {
        if (end > blocks) {
            if (base == null || end > base.blocks()) {
                throw new PgkeepException(ErrorCode.BUG, "copy results leave out block " + blocks);
            }
            base.copy(blocks, end - blocks, references, extents);
            blocks = end;
        }
    }

    /** The file's size: as listed, or less when it shrank, or more where all that was there was read. */
    long finish() {
        long size = shrunk ? endBytes : sizeBytes;
        keepUpTo(Blocks.count(size));
        if (Blocks.count(size) != blocks) {
            throw new PgkeepException(
                    ErrorCode.BUG, "copy results cover " + blocks + " blocks of a file of " + size + " bytes");
        }
        groupHashes = Arrays.copyOf(groupHashes, GroupHashes.groupsOf(size));
        return size;
    }

    /** The hash of the whole. */
    long hash() {
        Entry.OfFile same = known;
        // Of a file of one group, the base's manifest has no group's hash; but then nothing of it changed. That a page
        // is damaged, as it
        // was, is no change.
        return same != null && !touched && same.sizeBytes() == sizeBytes
                ? same.hash()
                : GroupHashes.ofFile(shrunk ? endBytes : sizeBytes, groupHashes);
    }

    GroupHashes groups() {
        return GroupHashes.kept(groupHashes);
    }

    List<Extent> extents() {
        return extents;
    }

    List<Long> badPages() {
        return badPages;
    }
}
