package org.pgkeep.setup;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.server.ArchiverStatus;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.WalArchive;

/** Lets the server complete a segment, and waits until it is in the repository: what no reading of settings can prove. */
final class ArchivingProof {
    private static final String SUBJECT = "archiving";
    private static final long POLL_MILLIS = 100;

    private final ServerSession session;
    private final ServerFacts facts;
    private final Duration timeout;
    private final Progress progress;
    private final Findings findings;

    ArchivingProof(ServerSession session, ServerFacts facts, Duration timeout, Progress progress, Findings findings) {
        this.session = session;
        this.facts = facts;
        this.timeout = timeout;
        this.progress = progress;
        this.findings = findings;
    }

    void prove(WalArchive wal) {
        if (facts.inRecovery()) {
            findings.add(Finding.warning(
                    SUBJECT,
                    "a standby cannot complete a segment, so that archiving is not proved",
                    "Run 'pgkeep check' on the primary."));
            return;
        }
        if (facts.archiveMode().equals("off")) {
            return;
        }
        Optional<SegmentName> forced =
                findings.attempt(SUBJECT, this::force, segment -> "the server completed WAL segment " + segment);
        forced.ifPresent(segment -> await(wal, segment));
    }

    private SegmentName force() {
        // Without new WAL there would be nothing to complete.
        Lsn _ = session.createRestorePoint("pgkeep check");
        Lsn switched = session.switchWal();
        return SegmentName.holdingBefore(facts.timeline(), switched, facts.walSegmentBytes());
    }

    private void await(WalArchive wal, SegmentName segment) {
        long start = System.nanoTime();
        try (Progress.Step step = progress.step("wait for WAL", 0)) {
            step.note(segment.toString());
            if (!await(start, () -> wal.has(segment))) {
                problem("WAL segment " + segment + " did not reach the repository within " + timeout.toSeconds() + " s"
                        + archiverTells());
                return;
            }
            long millis = (System.nanoTime() - start) / 1_000_000;
            if (!await(start, () -> isAcknowledged(segment))) {
                problem("WAL segment " + segment + " reached the repository after " + millis
                        + " ms, but archive_command has not succeeded for it within " + timeout.toSeconds()
                        + " s, and the server keeps its WAL" + archiverTells());
                return;
            }
            findings.add(Finding.ok(SUBJECT, "WAL segment " + segment + " arrived after " + millis + " ms"));
        }
    }

    private void problem(String message) {
        findings.add(Finding.problem(
                SUBJECT,
                ErrorCode.ARCHIVING,
                message,
                "Look for archive_command's output in the server's log, and run the command by hand as the server's user. It fails"
                        + " also when one of several repositories cannot be written."));
    }

    private boolean await(long start, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > timeout.toNanos()) {
                return false;
            }
            sleep();
        }
        return true;
    }

    /** Archived in order: of what came later it is true as well. */
    private boolean isAcknowledged(SegmentName segment) {
        return session.archiverStatus()
                .lastArchived()
                .filter(file -> !file.endsWith(".history") && file.compareTo(segment.toString()) >= 0)
                .isPresent();
    }

    private String archiverTells() {
        ArchiverStatus status = session.archiverStatus();
        if (!status.isFailing()) {
            return "; the server reports no failure of archive_command";
        }
        return "; the server's archive_command fails for " + status.lastFailed().orElse("a file")
                + ", the last time at "
                + status.lastFailedAt().map(String::valueOf).orElse("an unknown time");
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while waiting for WAL").causedBy(e);
        }
    }
}
