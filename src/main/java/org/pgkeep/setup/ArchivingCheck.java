package org.pgkeep.setup;

import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.repository.ClusterName;

/** Reads the settings that archiving depends on. What they say is proved afterwards by a segment that arrives. */
final class ArchivingCheck {
    private static final String INIT =
            "Run 'pgkeep init' to see the line, or 'pgkeep init --apply' to set it; where that was done, restart the server.";

    private final ClusterName cluster;
    private final String right;
    private final ServerFacts facts;
    private final Findings findings;

    /**
     * A check.
     *
     * @param right the command that pushes into the repository
     */
    ArchivingCheck(ClusterName cluster, String right, ServerFacts facts, Findings findings) {
        this.cluster = cluster;
        this.right = right;
        this.facts = facts;
        this.findings = findings;
    }

    void settings() {
        walLevel();
        archiveMode();
        archiveCommand();
    }

    private void walLevel() {
        if (facts.walLevel().equals("minimal")) {
            findings.add(problem("wal_level", "wal_level is minimal: the WAL does not hold what recovery needs"));
        } else {
            findings.add(Finding.ok("wal_level", "wal_level is " + facts.walLevel()));
        }
    }

    private void archiveMode() {
        String mode = facts.archiveMode();
        if (mode.equals("off")) {
            findings.add(problem("archive_mode", "archive_mode is off: the server archives nothing"));
        } else if (facts.inRecovery() && mode.equals("on")) {
            findings.add(Finding.ok("archive_mode", "archive_mode is on: this standby archives once it is promoted"));
        } else {
            findings.add(Finding.ok("archive_mode", "archive_mode is " + mode));
        }
    }

    private void archiveCommand() {
        String subject = "archive_command";
        Optional<String> library = facts.archiveLibrary();
        if (library.isPresent()) {
            findings.add(problem(subject, "archive_library is '" + library.get() + "': archive_command is not used"));
            return;
        }
        Optional<String> command = facts.archiveCommand();
        if (command.isEmpty()) {
            // With archive_mode off the server does not tell.
            if (!facts.archiveMode().equals("off")) {
                findings.add(problem(subject, "archive_command is empty: WAL piles up in the data directory"));
            }
            return;
        }
        Optional<String> named = ArchiveCommand.clusterOf(command.get());
        if (!ArchiveCommand.isPush(command.get())) {
            findings.add(Finding.warning(
                    subject,
                    "archive_command is '" + command.get() + "', which does not call 'pgkeep archive-push' itself",
                    "If it is a script that does, all is well; else run 'pgkeep init' to see the right line."));
        } else if (named.isPresent() && !named.get().equals(cluster.value())) {
            findings.add(problem(
                    subject,
                    "archive_command pushes to cluster '" + named.get() + "', not to '" + cluster + "': "
                            + command.get()));
        } else if (ArchiveCommand.goesElsewhere(command.get(), right)) {
            findings.add(Finding.warning(
                    subject,
                    "archive_command names another repository: " + command.get(),
                    "If that is the same one, all is well; for this one it is: " + right));
        } else {
            findings.add(Finding.ok(subject, "archive_command is " + command.get()));
        }
    }

    private static Finding problem(String subject, String message) {
        return Finding.problem(subject, ErrorCode.ARCHIVING, message, INIT);
    }
}
