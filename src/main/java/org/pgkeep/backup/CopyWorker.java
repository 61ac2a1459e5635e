package org.pgkeep.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.PackAppender;

/** Reads jobs' files into its own pack: 1 MiB, page checks, hashes, frame. For one thread. */
final class CopyWorker implements AutoCloseable {
    private static final int GROUP_BYTES = Blocks.BYTES * Blocks.PER_GROUP;

    private final Path root;
    private final PackAppender appender;
    private final @Nullable PageProof proof;
    private final CopyResults results;
    private final Progress.Step step;
    private final Placements placements = new Placements();

    /** A worker; without a proof, pages are not checked. */
    CopyWorker(Path root, PackAppender appender, @Nullable PageProof proof, CopyResults results, Progress.Step step) {
        this.root = root;
        this.appender = appender;
        this.proof = proof;
        this.results = results;
        this.step = step;
    }

    /** Does one job. */
    void copy(CopyJob job) {
        switch (job) {
            case CopyJob.Files files -> files.files().forEach(file -> copyGroups(file, 0, groups(file)));
            case CopyJob.Range range -> copyGroups(range.file(), range.firstGroup(), range.groups());
        }
    }

    /** Copies a small file whose content is given. */
    void copyBytes(CopyJob.Source file, byte[] content) {
        int blocks = (int) Blocks.count(content.length);
        appender.ensureRoom(blocks);
        int at = appender.usedBytes();
        System.arraycopy(content, 0, appender.buffer(), at, content.length);
        Arrays.fill(appender.buffer(), at + content.length, at + blocks * Blocks.BYTES, (byte) 0);
        placements.clear();
        long[] hashes = appender.take(file.path(), 0, blocks, placements);
        placements.report(file.ordinal(), 0, Blocks.groupHash(hashes, 0, blocks));
        step.advance(content.length);
    }

    private static int groups(CopyJob.Source file) {
        return (int) ((file.sizeBytes() + GROUP_BYTES - 1) / GROUP_BYTES);
    }

    /** Makes everything durable that was copied. */
    void finish() {
        appender.finish();
    }

    private void copyGroups(CopyJob.Source file, long firstGroup, int groups) {
        Path path = file.path().under(root);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            Optional<RelationFile> pages = proof == null
                    ? Optional.empty()
                    : PageProof.pagesOf(file.path().latin1());
            for (long group = firstGroup; group < firstGroup + groups; group++) {
                if (!copyGroup(channel, file, group, pages)) {
                    break;
                }
            }
        } catch (NoSuchFileException e) {
            // Dropped since it was listed; the WAL knows. What was missed still counts for the progress.
            results.vanished(file.ordinal());
            step.advance(Math.min((long) groups * GROUP_BYTES, file.sizeBytes() - firstGroup * GROUP_BYTES));
        } catch (ClosedByInterruptException e) {
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while reading " + path).causedBy(e);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + path, e);
        }
    }

    /** Copies one MiB; false when the file ended before its end. */
    private boolean copyGroup(FileChannel channel, CopyJob.Source file, long group, Optional<RelationFile> pages)
            throws IOException {
        long offset = group * GROUP_BYTES;
        int wanted = (int) Math.min(GROUP_BYTES, file.sizeBytes() - offset);
        appender.ensureRoom((int) Blocks.count(wanted));
        byte[] buffer = appender.buffer();
        int at = appender.usedBytes();
        int length = read(channel, offset, buffer, at, wanted);
        step.advance(wanted);
        if (length > 0) {
            int blocks = (int) Blocks.count(length);
            Arrays.fill(buffer, at + length, at + blocks * Blocks.BYTES, (byte) 0);
            if (proof != null && pages.isPresent()) {
                int[] bad = {0};
                proof.prove(
                        channel,
                        pages.get(),
                        offset,
                        buffer,
                        at,
                        length,
                        page -> results.badPage(file.ordinal(), group, bad[0]++, page));
            }
            placements.clear();
            long[] hashes = appender.take(file.path(), group * Blocks.PER_GROUP, blocks, placements);
            placements.report(file.ordinal(), group, Blocks.groupHash(hashes, 0, blocks));
        }
        if (length < wanted) {
            results.end(file.ordinal(), group, length == 0 ? 0 : offset + length);
        }
        return length == wanted;
    }

    private static int read(FileChannel channel, long offset, byte[] buffer, int at, int wanted) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(buffer, at, wanted);
        int length = 0;
        while (length < wanted) {
            int n = channel.read(target, offset + length);
            if (n < 0) {
                break;
            }
            length += n;
        }
        return length;
    }

    @Override
    public void close() {
        appender.close();
    }

    /** Where the blocks of one group went, kept until the group's hash is known. */
    private final class Placements implements PackAppender.Placement {
        private final long[] first = new long[Blocks.PER_GROUP];
        private final int[] blocks = new int[Blocks.PER_GROUP];
        private final int[] pack = new int[Blocks.PER_GROUP];
        private final int[] frame = new int[Blocks.PER_GROUP];
        private final int[] inFrame = new int[Blocks.PER_GROUP];
        private int count;

        void clear() {
            count = 0;
        }

        @Override
        public void zero(long firstBlock, int run) {
            stored(firstBlock, run, 0, 0, 0);
        }

        @Override
        public void stored(long firstBlock, int run, int inPack, int frameNumber, int firstInFrame) {
            first[count] = firstBlock;
            blocks[count] = run;
            pack[count] = inPack;
            frame[count] = frameNumber;
            inFrame[count] = firstInFrame;
            count++;
        }

        void report(long ordinal, long group, long hash) {
            for (int i = 0; i < count; i++) {
                int firstInGroup = (int) (first[i] - group * Blocks.PER_GROUP);
                results.extent(ordinal, group, firstInGroup, blocks[i], pack[i], frame[i], inFrame[i], hash);
            }
        }
    }
}
