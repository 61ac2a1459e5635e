package org.pgkeep.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.SegmentSpan;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.WalArchive;

/**
 * Proves that WAL reaches the repository: a segment is forced and awaited before hours are spent on copying, and all that the
 * backup needs before it is committed.
 */
final class ArchiveProof implements NeededWal {
    private static final String SET_UP =
            "Run 'pgkeep init' for the settings, start 'pgkeep receive-wal', take the WAL with the backup by --wal stream, or use"
                    + " --no-archive-check if WAL reaches the repository in another way.";

    private static final String OF_PRIMARY =
            "Look for archive_command's output in the server's log; 'pgkeep check' tests the whole path.";

    private static final String OF_STANDBY =
            "Only the primary completes a segment, and an idle one does not: SELECT pg_switch_wal() there, or set archive_timeout; or take the"
                    + " WAL with the backup by --wal stream. If it does not archive at all: 'pgkeep check' against the primary.";

    private final BackupRequest request;
    private final ServerSession session;
    private final ServerFacts facts;
    private final Progress progress;
    private final WalArchive wal;
    private final Path walDirectory;
    private final ArchiveWait wait;
    private Optional<SegmentName> forced = Optional.empty();

    /**
     * A proof.
     *
     * @param walDirectory the server's own
     */
    ArchiveProof(
            WalArchive wal,
            Path walDirectory,
            BackupRequest request,
            ServerSession session,
            ServerFacts facts,
            Progress progress) {
        this.request = request;
        this.session = session;
        this.facts = facts;
        this.progress = progress;
        this.wal = wal;
        this.walDirectory = walDirectory;
        this.wait = new ArchiveWait(
                wal,
                request.archiveTimeout(),
                progress,
                this::lastFailure,
                facts.inRecovery() ? OF_STANDBY : OF_PRIMARY);
    }

    @Override
    public BackupWal place() {
        return BackupWal.ARCHIVE;
    }

    /** Has the server complete a segment, which then is on its way while other things are prepared. */
    @Override
    public void begin() {
        if (!request.archiveCheck()) {
            return;
        }
        boolean streams = (facts.archiveMode().equals("off") || hasNoCommand()) && session.isStreaming();
        if (streams) {
            progress.info(
                    "the server does not archive, but streams WAL: whether it reaches the repository will be seen");
        } else if (facts.archiveMode().equals("off")) {
            throw new PgkeepException(ErrorCode.ARCHIVING, "the server does not archive: archive_mode is off", SET_UP);
        }
        if (!streams && hasNoCommand()) {
            throw new PgkeepException(
                    ErrorCode.ARCHIVING, "the server does not archive: archive_command is empty", SET_UP);
        }
        if (facts.inRecovery()) {
            progress.info("a standby cannot force a WAL segment: archiving is proved at the end");
            return;
        }
        // Without new WAL there is nothing to switch.
        Lsn _ = session.createRestorePoint("pgkeep archive check");
        Lsn switched = session.switchWal();
        forced = Optional.of(SegmentName.holdingBefore(facts.timeline(), switched, facts.walSegmentBytes()));
    }

    private boolean hasNoCommand() {
        return facts.archiveCommand().isEmpty() && facts.archiveLibrary().isEmpty();
    }

    @Override
    public void started(BackupMode.Start start, WalFiles files) {
        // The archive has it.
    }

    /** That segment arrived. */
    @Override
    public void before() {
        forced.ifPresent(segment -> {
            wait.await(new SegmentSpan(segment, segment, facts.walSegmentBytes()));
            assertOurs(segment);
        });
    }

    /**
     * The archive may have a segment of this name from another life of this cluster: the server was set back, by a snapshot or a copied
     * directory, and writes the same timeline again. Then its archive_command fails, and a backup could not be recovered.
     */
    private void assertOurs(SegmentName segment) {
        Path file = walDirectory.resolve(segment.toString());
        Optional<WalArchive.Stored> stored = wal.find(segment.toString());
        // A checkpoint may have reused the file by now: then it has another name, and was archived before.
        boolean other = stored.isPresent()
                && Files.exists(file)
                && !isSame(() -> wal.isOf(stored.get(), file), file)
                && Files.exists(file);
        if (other) {
            throw stranger(segment, stored.get(), "wrote");
        }
    }

    private PgkeepException stranger(SegmentName segment, WalArchive.Stored stored, String did) {
        return new PgkeepException(
                ErrorCode.CONFLICT,
                "WAL segment " + segment + " in the repository, " + wal.location(stored)
                        + ", is not the one that this server " + did + lastFailure(),
                "The server was set back to an earlier moment without a timeline of its own, or is a copy. Restore it with pgkeep,"
                        + " or register it under a name of its own.");
    }

    /** What a standby replayed up to the end must be what the archive has; a primary proved it before, with a segment of its own. */
    private void assertReplayed(Need need) {
        SegmentName segment = need.span().last();
        Path file = walDirectory.resolve(segment.toString());
        long bytes = need.stop().minus(segment.start(need.span().segmentBytes()));
        Optional<WalArchive.Stored> stored = wal.find(segment.toString());
        boolean other = stored.isPresent()
                && Files.exists(file)
                && !isSame(() -> wal.isOf(stored.get(), file, bytes), file)
                && Files.exists(file);
        if (other) {
            throw stranger(segment, stored.get(), "replayed");
        }
    }

    private static boolean isSame(BooleanSupplier comparison, Path file) {
        try {
            return comparison.getAsBoolean();
        } catch (PgkeepException e) {
            if (Files.exists(file)) {
                throw e;
            }
            return true;
        }
    }

    @Override
    public void check() {
        // What comes late may still come.
    }

    @Override
    public void complete(Need need, WalFiles files) {
        // Nothing becomes part of the backup.
    }

    @Override
    public void after(Need need) {
        if (request.archiveCheck()) {
            await(need);
        } else {
            progress.info("not checked: the backup needs WAL from "
                    + need.span().first() + " to " + need.span().last());
        }
    }

    /** Waits until the archive has all that is needed, and proves that it is this server's. */
    void await(Need need) {
        wait.await(need.span());
        if (facts.inRecovery()) {
            assertReplayed(need);
        }
    }

    @Override
    public void close() {
        // The session is the caller's.
    }

    private String lastFailure() {
        try {
            Optional<String> failed = session.archiverStatus().lastFailed();
            return failed.map(file -> "; the server's archive_command failed last for " + file)
                    .orElse("; the server reports no failure of archive_command");
        } catch (PgkeepException e) {
            // Only advice: the error that it decorates is what counts.
            return "";
        }
    }
}
