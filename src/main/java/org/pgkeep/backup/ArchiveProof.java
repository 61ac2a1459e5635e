package org.pgkeep.backup;

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
    private final ArchiveWait wait;

    ArchiveProof(WalArchive wal, BackupRequest request, ServerSession session, ServerFacts facts, Progress progress) {
        this.request = request;
        this.session = session;
        this.facts = facts;
        this.progress = progress;
        this.wait = new ArchiveWait(wal, request.archiveTimeout(), progress, this::lastFailure);
    }

    /** Before copying. */
    void before() {
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
        SegmentName segment = SegmentName.holdingBefore(facts.timeline(), switched, facts.walSegmentBytes());
        wait.await(segment, segment, facts.walSegmentBytes());
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
