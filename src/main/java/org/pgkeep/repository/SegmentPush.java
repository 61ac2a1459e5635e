package org.pgkeep.repository;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;

/**
 * Stores complete segments, once each is known to be the cluster's own and what its name says: the way of WAL into the repository,
 * whoever brings it.
 *
 * @param wal where to
 * @param check whose they must be
 * @param summarize whether to store beside each which blocks it changes
 * @param cores which may compute for it
 */
public record SegmentPush(WalArchive wal, SegmentCheck check, Compression compression, boolean summarize, Cores cores) {
    /**
     * What was stored.
     *
     * @param pushed whether it is new
     * @param unsummarized why it has no summary although one was wanted: the segment is stored all the same
     */
    public record Result(WalArchive.Pushed pushed, Optional<String> unsummarized) {}

    /** Into the WAL of the database cluster that a name stands for now. */
    public static SegmentPush into(ClusterStore cluster, Compression compression, boolean summarize) {
        SegmentCheck check = SegmentCheck.of(cluster, cluster.record().current());
        return new SegmentPush(cluster.wal(), check, compression, summarize, Cores.ANY);
    }

    /** The same on these cores. */
    public SegmentPush on(Cores cores) {
        return new SegmentPush(wal, check, compression, summarize, cores);
    }

    /**
     * Stores what {@code archive_command} names as a segment, as {@link #push}; one that is not complete, as the piece that it is.
     *
     * @param begun its reading, where that was begun already
     * @throws PgkeepException as {@link #push}
     */
    public Result pushReady(Path file, SegmentName name, Optional<SegmentReading> begun) {
        check.require(file, name);
        return UnfinishedSegment.of(file, name)
                .filter(_ -> LeftSegment.of(file, name).isEmpty())
                .map(unfinished -> new Result(unfinished.storeIn(wal, compression), Optional.empty()))
                .orElseGet(() -> store(file, name, begun));
    }

    /**
     * Stores a complete segment; when this returns it is durable. Of one in which the server left the timeline it is enough that what is stored is
     * the same up to there.
     *
     * @throws PgkeepException {@code CONFLICT} when the name is stored with other content, {@code CLUSTER_MISMATCH} when
     *     it is of another cluster, {@code CLUSTER_DAMAGED} when it is not what its name says
     */
    public Result push(Path file, SegmentName name) {
        check.require(file, name);
        return store(file, name, Optional.empty());
    }

    private Result store(Path file, SegmentName name, Optional<SegmentReading> begun) {
        if (cores.areCounted()) {
            return storeHeld(file, name);
        }
        SegmentReading reading = begun.filter(ahead -> !ahead.isFailed())
                .filter(ahead -> !summarize || ahead.summary().isPresent())
                .orElseGet(() -> SegmentReading.begin(file, name, compression, summarize));
        return store(file, name, new WalSource(reading), reading.summary().filter(_ -> summarize));
    }

    /** Who has several segments has work for every core: one thing after the other. */
    private Result storeHeld(Path file, SegmentName name) {
        Optional<Summarizing> summary = summarize ? Optional.of(new Summarizing(name)) : Optional.empty();
        WalSource content = new WalSource(
                file, cores, summary.<OutputStream>map(made -> made).orElseGet(OutputStream::nullOutputStream));
        try {
            summary.ifPresent(Summarizing::finish);
            return store(file, name, content, summary);
        } finally {
            content.release();
        }
    }

    private Result store(Path file, SegmentName name, WalSource content, Optional<Summarizing> summary) {
        try {
            WalArchive.Pushed pushed = wal.push(name.toString(), content, compression);
            return new Result(pushed, summary.flatMap(made -> made.store(wal.summaries(), content.hash())));
        } catch (PgkeepException e) {
            // Looked at no earlier: of all segments only one in a timeline's life is left.
            Optional<WalArchive.Stored> same =
                    e.code() == ErrorCode.CONFLICT ? sameUpToTheSwitch(file, name) : Optional.empty();
            wal.makeDurable(same.orElseThrow(() -> e));
            return new Result(WalArchive.Pushed.ALREADY_THERE, Optional.empty());
        }
    }

    private Optional<WalArchive.Stored> sameUpToTheSwitch(Path file, SegmentName name) {
        return LeftSegment.of(file, name).flatMap(left -> left.storedAs(wal));
    }
}
