package org.pgkeep.verify;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.SegmentSpan;
import org.pgkeep.postgres.WalHeader;
import org.pgkeep.postgres.wal.SegmentSummary;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.WalArchive;

/** Checks the WAL of one database cluster: what the backups need is there, and what is there is what it says. */
final class WalCheck {
    private static final String LOST =
            "Without it the backup cannot be made consistent: if PostgreSQL still has it, archive it again; else take a new backup.";

    private final ClusterStore cluster;
    private final ClusterRecord.History history;
    private final WalArchive wal;
    private final List<BackupRecord> backups;
    private final Findings findings;
    private final Tally tally;
    private final Looks.Wal looks;
    private final boolean mark;
    private Predicate<SegmentName> isNoted = _ -> false;

    /** Checks with these backups of that history in view. */
    WalCheck(
            ClusterStore cluster,
            ClusterRecord.History history,
            List<BackupRecord> backups,
            Findings findings,
            Tally tally,
            Looks looks,
            boolean mark) {
        this.cluster = cluster;
        this.history = history;
        this.wal = cluster.wal(history.id());
        this.backups = backups;
        this.findings = findings;
        this.tally = tally;
        this.mark = mark;
        // All of one database cluster have segments of one size.
        this.looks = looks.wal(history.id(), backups.stream().findFirst().map(BackupRecord::segmentBytes));
    }

    /** What the backups need to become consistent. */
    void needed() {
        for (BackupRecord backup : backups) {
            if (backup.needsArchive() && cluster.exists(backup.label())) {
                needed(backup);
            }
        }
    }

    private void needed(BackupRecord backup) {
        for (SegmentSpan.Place place : backup.span().orElseThrow()) {
            if (!place.anyIs(this::isThere)) {
                findings.error(
                        wal.location(),
                        List.of(backup.label()),
                        "WAL segment " + place + ", which backup " + backup.label() + " needs, is missing in "
                                + wal.location(),
                        LOST);
            }
        }
    }

    private boolean isThere(SegmentName segment) {
        try {
            return wal.has(segment);
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                // Told when the contents are checked.
                return true;
            }
            throw e;
        }
    }

    /** The content of every file, or of those only that the backups need, and of these. */
    void contents(boolean neededOnly, Set<SegmentName> also, int jobs, Progress progress) {
        Optional<MajorVersion> version = MajorVersion.ofText(history.majorVersion());
        isNoted = neededOnly ? wal.damage()::isNoted : wal.damage().all()::contains;
        try (Progress.Step step = progress.step("check WAL", 0);
                Stream<WalArchive.Stored> files = wal.list()) {
            Iterator<WalArchive.Stored> wanted = files.filter(file -> !neededOnly || isNeeded(file) || isOf(also, file))
                    .peek(new TwiceCheck())
                    .filter(file -> !isRecent(file))
                    .iterator();
            Workers.run(jobs, wanted, HeaderSink::new, (file, sink) -> {
                step.note(file.file());
                content(file, sink, version);
                tally.walFile();
            });
        }
        if (!neededOnly) {
            looks.done();
        }
    }

    private boolean isRecent(WalArchive.Stored stored) {
        Optional<Instant> look = SegmentName.parse(stored.file()).flatMap(looks::recent);
        if (look.isEmpty()) {
            return false;
        }
        affected(stored).forEach(label -> findings.looked(label, look.get()));
        tally.recent();
        return true;
    }

    private static boolean isOf(Set<SegmentName> segments, WalArchive.Stored stored) {
        return !segments.isEmpty()
                && SegmentName.parse(stored.file())
                        .or(stored::pieceOf)
                        .map(segments::contains)
                        .orElse(false);
    }

    private boolean isNeeded(WalArchive.Stored stored) {
        return !affected(stored).isEmpty();
    }

    private List<Label> affected(WalArchive.Stored stored) {
        List<Label> labels = new ArrayList<>();
        Optional<SegmentName> name = SegmentName.parse(stored.file());
        for (BackupRecord backup : backups) {
            if (name.isPresent()
                    && backup.needsArchive()
                    && backup.span().orElseThrow().includes(name.get())) {
                labels.add(backup.label());
            }
        }
        return labels;
    }

    private void content(WalArchive.Stored stored, HeaderSink sink, Optional<MajorVersion> version) {
        sink.reset();
        try {
            long bytes = wal.copyTo(stored, sink);
            Optional<SegmentName> name = SegmentName.parse(stored.file());
            if (name.isPresent() && version.isPresent()) {
                WalHeader header = WalHeader.parse(sink.start(), wal.location(stored));
                header.require(name.get(), history.systemIdentifier(), version.get());
                if (bytes != header.segmentBytes()) {
                    throw new PgkeepException(
                            ErrorCode.DAMAGED,
                            wal.location(stored) + " holds " + bytes + " bytes, not a whole segment");
                }
                summary(stored, name.get());
                name.filter(isNoted)
                        .ifPresent(segment -> remember(() -> wal.damage().clear(segment)));
            }
        } catch (PgkeepException e) {
            switch (e.code()) {
                case DAMAGED, CLUSTER_DAMAGED, CLUSTER_MISMATCH -> {
                    SegmentName.parse(stored.file()).ifPresent(looks::damaged);
                    if (wasRemoved(stored)) {
                        return;
                    }
                    findings.error(wal.location(stored), affected(stored), e);
                    SegmentName.parse(stored.file())
                            .ifPresent(segment ->
                                    remember(() -> wal.damage().note(segment, String.valueOf(e.getMessage()))));
                }
                default -> throw e;
            }
        } catch (IOException e) {
            throw new PgkeepException(ErrorCode.BUG, "writing nowhere failed").causedBy(e);
        }
    }

    /** For who asks how far recovery gets, if this run is to leave anything; where that cannot be written, the marks of backups tell it. */
    private void remember(Runnable note) {
        if (!mark) {
            return;
        }
        try {
            note.run();
        } catch (PgkeepException e) {
            switch (e.code()) {
                case PERMISSION, DISK_FULL, STORAGE -> {}
                default -> throw e;
            }
        }
    }

    /** Expired while it was read, with all that needed it. */
    private boolean wasRemoved(WalArchive.Stored stored) {
        return wal.info(stored).isEmpty() && affected(stored).stream().noneMatch(cluster::exists);
    }

    /** A summary that is damaged costs time and no data: the next backup that wants it makes it anew. */
    private void summary(WalArchive.Stored stored, SegmentName segment) {
        try {
            Optional<SegmentSummary> _ = wal.summaries().find(segment, stored.hash());
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED) {
                throw e;
            }
            findings.warning(
                    wal.location(stored),
                    List.of(),
                    String.valueOf(e.getMessage()),
                    e.hint().orElse(""));
        }
    }

    /** What is missing in between. Where there is no backup, nothing is known of segments' size, and nothing leads anywhere. */
    void gaps() {
        if (!backups.isEmpty()) {
            new WalGaps(wal, backups, findings).look(backups.getLast().segmentBytes());
        }
    }

    /** Summaries of segments that are gone: a removal was cut off, or the segment was lost. */
    void summaries() {
        wal.summaries()
                .strays()
                .forEach(location -> findings.note(
                        location, List.of(), location + " tells of a WAL segment that is not there: nothing uses it"));
    }

    /** Finds names with two contents; names come in order. */
    private final class TwiceCheck implements Consumer<WalArchive.Stored> {
        private WalArchive.@Nullable Stored last;

        @Override
        public void accept(WalArchive.Stored stored) {
            WalArchive.Stored before = last;
            last = stored;
            if (before != null
                    && before.file().equals(stored.file())
                    && !before.hash().equals(stored.hash())
                    && wal.isAmbiguous(stored.file())) {
                findings.error(
                        wal.location(stored),
                        affected(stored),
                        stored.file() + " is archived with two contents: " + wal.location(before) + " and "
                                + wal.location(stored),
                        "Two servers archived it at the same moment. Find out which one is right and remove the other.");
            }
        }
    }

    /** Keeps the first bytes of what is written to it. */
    private static final class HeaderSink extends OutputStream {
        private final byte[] start = new byte[WalHeader.BYTES];
        private int length;

        void reset() {
            length = 0;
        }

        byte[] start() {
            return Arrays.copyOf(start, length);
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            int kept = Math.min(count, start.length - length);
            System.arraycopy(bytes, offset, start, length, kept);
            length += kept;
        }
    }
}
