package org.pgkeep.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.WalArchive;

/**
 * Proves that WAL reaches the repository: a segment is forced and awaited before hours are spent on copying, and all that the
 * backup needs before it is committed.
 */
final class ArchiveProof {
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
        this.wait = new ArchiveWait(wal, request.archiveTimeout(), progress, this::lastFailure);
    }

    /** Has the server complete a segment, which then is on its way while other things are prepared. */
    void begin() {
        if (!request.archiveCheck()) {
            return;
        }
        if (facts.archiveMode().equals("off")) {
            throw new PgkeepException(
                    ErrorCode.ARCHIVING,
                    "the server does not archive: archive_mode is off",
                    "Run 'pgkeep init' for the settings, or use --no-archive-check if WAL reaches the repository in another way.");
        }
        if (facts.archiveCommand().isEmpty() && facts.archiveLibrary().isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.ARCHIVING,
                    "the server does not archive: archive_command is empty",
                    "Run 'pgkeep init' for the settings, or use --no-archive-check if WAL reaches the repository in another way.");
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

    /** Before copying: that segment arrived. */
    void before() {
        forced.ifPresent(segment -> {
            wait.await(segment, segment, facts.walSegmentBytes());
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
        boolean other = stored.isPresent() && Files.exists(file) && !isSame(stored.get(), file) && Files.exists(file);
        if (other) {
            throw new PgkeepException(
                    ErrorCode.CONFLICT,
                    "WAL segment " + segment + " in the repository, " + wal.location(stored.get())
                            + ", is not the one that this server wrote" + lastFailure(),
                    "The server was set back to an earlier moment without a timeline of its own, or is a copy. Restore it with pgkeep,"
                            + " or register it under a name of its own.");
        }
    }

    private boolean isSame(WalArchive.Stored stored, Path file) {
        try {
            return wal.isOf(stored, file);
        } catch (PgkeepException e) {
            if (Files.exists(file)) {
                throw e;
            }
            return true;
        }
    }

    /** Before the commit. */
    void after(SegmentName first, SegmentName last, int segmentBytes) {
        if (request.archiveCheck()) {
            wait.await(first, last, segmentBytes);
        } else {
            progress.info("not checked: the backup needs WAL from " + first + " to " + last);
        }
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
