package org.pgkeep.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.PackAppender;

/** Copies one MiB after the other: read, check pages, hash, compare with the base, append. For one thread. */
final class GroupCopy {
    private static final long GROUP_BYTES = (long) Blocks.BYTES * Blocks.PER_GROUP;

    /** The channel reads into memory of its own and copies, for which that stays in the processor's cache. */
    private static final int STEP_BYTES = 1 << 17;

    private final PackAppender appender;
    private final @Nullable PageProof proof;
    private final CopyResults results;
    private final Progress.Step step;
    private final Placements placements;
    private final GroupBase base;
    private final long[] hashes = new long[Blocks.PER_GROUP];

    private @Nullable FileChannel channel;
    private CopyJob.@Nullable Source file;
    private Optional<RelationFile> pages = Optional.empty();
    private @Nullable BaseFile baseFile;
    private @Nullable BaseFile remains;
    private Lsn trustedBefore = Lsn.INVALID;
    private int badPages;

    /** A way to copy; without a proof, pages are not checked. */
    GroupCopy(
            PackAppender appender, @Nullable PageProof proof, int pageBytes, CopyResults results, Progress.Step step) {
        this.appender = appender;
        this.proof = proof;
        this.results = results;
        this.step = step;
        this.placements = new Placements(results);
        this.base = new GroupBase(pageBytes);
    }

    /** The next groups are of this file. */
    void begin(FileChannel opened, CopyJob.Source source) {
        channel = opened;
        file = source;
        pages = proof == null
                ? Optional.empty()
                : PageProof.pagesOf(source.path().latin1());
        baseFile = switch (source.reading()) {
            case Reading.Whole _ -> null;
            case Reading.Compared(var known, var _) -> known;
            case Reading.Some(var known, var _) -> known;
        };
        remains = source.remains().orElse(null);
        trustedBefore = source.reading() instanceof Reading.Compared(var _, var since) ? since : Lsn.INVALID;
    }

    /** Copies what is to be read of a group, if anything is; false when the file ended before it should. */
    boolean copy(long group) throws IOException {
        CopyJob.Source source = Objects.requireNonNull(file);
        long low = source.reading().low(group);
        long high = source.reading().high(group);
        if ((low | high) == 0) {
            return true;
        }
        int blocks = (int) Math.min(Blocks.PER_GROUP, Blocks.count(source.sizeBytes()) - group * Blocks.PER_GROUP);
        placements.begin(remains);
        base.begin(baseFile, remains, group);
        badPages = 0;
        int end = 0;
        for (int first = next(low, high, 0, blocks, true); first < blocks; first = next(low, high, end, blocks, true)) {
            end = next(low, high, first, blocks, false);
            long offset = group * GROUP_BYTES + (long) first * Blocks.BYTES;
            int wanted = (int) Math.min((long) (end - first) * Blocks.BYTES, source.sizeBytes() - offset);
            int length = copyRun(source, group, first, wanted);
            if (length < wanted) {
                results.end(source.ordinal(), group, first == 0 && length == 0 ? 0 : offset + length);
                report(source, group, first + (int) Blocks.count(length), true);
                return false;
            }
        }
        report(source, group, blocks, false);
        return true;
    }

    /** The first block from here on that is to be read, or that is not; {@code blocks} if there is none. */
    private static int next(long low, long high, int from, int blocks, boolean toRead) {
        int block = from;
        while (block < blocks && ((block < Long.SIZE ? low >>> block : high >>> block) & 1) == (toRead ? 0 : 1)) {
            block++;
        }
        return block;
    }

    /** Copies a run of blocks; gives how many bytes there were. */
    private int copyRun(CopyJob.Source source, long group, int first, int wanted) throws IOException {
        appender.ensureRoom((int) Blocks.count(wanted));
        byte[] buffer = appender.buffer();
        int at = appender.usedBytes();
        long offset = group * GROUP_BYTES + (long) first * Blocks.BYTES;
        int length = read(offset, buffer, at, wanted);
        step.advance(wanted);
        if (length == 0) {
            return 0;
        }
        int blocks = (int) Blocks.count(length);
        results.read(blocks);
        Arrays.fill(buffer, at + length, at + blocks * Blocks.BYTES, (byte) 0);
        base.beginRun(first);
        checkPages(source, group, offset, buffer, at, length);
        if (!trustedBefore.isInvalid()) {
            base.trustOlder(buffer, at, length, trustedBefore);
        }
        long[] taken = appender.take(source.path(), group * Blocks.PER_GROUP + first, blocks, base, placements);
        System.arraycopy(taken, 0, hashes, first, blocks);
        return length;
    }

    private void checkPages(CopyJob.Source source, long group, long offset, byte[] buffer, int at, int length)
            throws IOException {
        if (proof != null && pages.isPresent()) {
            proof.prove(Objects.requireNonNull(channel), pages.get(), offset, buffer, at, length, (page, in) -> {
                results.badPage(source.ordinal(), group, badPages++, page);
                base.suspect(in);
            });
        }
    }

    private int read(long offset, byte[] buffer, int at, int wanted) throws IOException {
        int length = 0;
        while (length < wanted) {
            ByteBuffer target = ByteBuffer.wrap(buffer, at + length, Math.min(STEP_BYTES, wanted - length));
            int n = Objects.requireNonNull(channel).read(target, offset + length);
            if (n < 0) {
                break;
            }
            length += n;
        }
        return length;
    }

    /** Tells where the group's blocks are, unless all are as they were in a base of the same length. */
    private void report(CopyJob.Source source, long group, int blocks, boolean ended) {
        BaseFile known = baseFile;
        boolean same = known != null && known.sizeBytes() == source.sizeBytes() && !ended;
        if (same && !placements.areChanged()) {
            return;
        }
        placements.keepUpTo(blocks);
        base.complete(hashes, placements);
        placements.report(source.ordinal(), group, Blocks.groupHash(hashes, 0, blocks));
    }
}
