package org.pgkeep.backup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.PackAppender;

/** Reads jobs' files into its own pack. For one thread. */
final class CopyWorker implements AutoCloseable {
    private static final long GROUP_BYTES = (long) Blocks.BYTES * Blocks.PER_GROUP;

    /** A file that no WAL brings and that is longer than this is a server's log, of which the end may be missing. */
    private static final long GROWN_BYTES_MAX = 64L << 20;

    private final Path root;
    private final PackAppender appender;
    private final CopyResults results;
    private final Progress.Step step;
    private final GroupCopy groups;
    private final BooleanSupplier stopped;

    /** A worker; without a proof, pages are not checked. When it is stopped, it ends after the MiB in hand. */
    CopyWorker(
            Path root,
            PackAppender appender,
            @Nullable PageProof proof,
            int pageBytes,
            CopyResults results,
            Progress.Step step,
            BooleanSupplier stopped) {
        this.stopped = stopped;
        this.root = root;
        this.appender = appender;
        this.results = results;
        this.step = step;
        this.groups = new GroupCopy(appender, proof, pageBytes, results, step);
    }

    /** Does one job. */
    void copy(CopyJob job) {
        switch (job) {
            case CopyJob.Files files ->
                files.files().stream().takeWhile(_ -> !stopped.getAsBoolean()).forEach(this::copyWhole);
            case CopyJob.Range range -> copyGroups(range.file(), range.firstGroup(), range.groups());
        }
    }

    private void copyWhole(CopyJob.Source listed) {
        copy(listed, listed.sizeBytes(), channel -> {
            CopyJob.Source file = asItIs(listed, channel.size());
            copyGroups(channel, file, 0, file.groups());
        });
    }

    /**
     * Of what the WAL does not bring, all is read that is there: a configuration file that was replaced since it was listed, cut where the old
     * one ended, would be one that nobody ever wrote.
     */
    private CopyJob.Source asItIs(CopyJob.Source listed, long bytes) {
        boolean grown = FileKind.ofPath(listed.path().latin1()) == FileKind.OTHER
                && bytes > listed.sizeBytes()
                && bytes <= GROWN_BYTES_MAX;
        if (!grown) {
            return listed;
        }
        results.grown(listed.ordinal(), bytes);
        return listed.grownTo(bytes);
    }

    /** Copies a small file whose content is given. */
    void copyBytes(CopyJob.Source file, byte[] content) {
        int blocks = (int) Blocks.count(content.length);
        appender.ensureRoom(blocks);
        int at = appender.usedBytes();
        System.arraycopy(content, 0, appender.buffer(), at, content.length);
        Arrays.fill(appender.buffer(), at + content.length, at + blocks * Blocks.BYTES, (byte) 0);
        Placements placements = new Placements(results);
        long[] hashes = appender.take(file.path(), 0, blocks, placements);
        results.read(blocks);
        placements.report(file.ordinal(), 0, Blocks.groupHash(hashes, 0, blocks));
        step.advance(content.length);
    }

    /** Makes everything durable that was copied. */
    void finish() {
        appender.finish();
    }

    private void copyGroups(CopyJob.Source file, long firstGroup, int count) {
        long ofJob = Math.min(count * GROUP_BYTES, file.sizeBytes() - firstGroup * GROUP_BYTES);
        copy(file, ofJob, channel -> copyGroups(channel, file, firstGroup, count));
    }

    private void copyGroups(FileChannel channel, CopyJob.Source file, long firstGroup, long count) throws IOException {
        groups.begin(channel, file);
        for (long group = firstGroup; group < firstGroup + count; group++) {
            if (stopped.getAsBoolean() || !groups.copy(group)) {
                break;
            }
        }
    }

    private interface Reader {
        void read(FileChannel channel) throws IOException;
    }

    private void copy(CopyJob.Source file, long ofJob, Reader reader) {
        Path path = file.path().under(root);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            reader.read(channel);
        } catch (NoSuchFileException e) {
            // Dropped since it was listed; the WAL knows. What was missed still counts for the progress.
            results.vanished(file.ordinal());
            step.advance(Math.min(ofJob, file.bytesToRead()));
        } catch (ClosedByInterruptException e) {
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while reading " + path).causedBy(e);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + path, e);
        }
    }

    @Override
    public void close() {
        appender.close();
    }
}
