package org.pgkeep.cli;

import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.server.StreamingFacts;
import org.pgkeep.receive.StoredTimeline;
import org.pgkeep.receive.WalStatus;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;

/** {@code pgkeep wal}. */
final class WalCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.WAL,
                        "Says how far WAL is on its way: where the server is, whether it archives, what its replication slot keeps and"
                                + " what its standby of our name confirmed; what the repository has, to the last byte that was streamed;"
                                + " and what is between, in bytes and seconds.",
                        "Where no server answers it says so, and what the repository has.")
                .withOperands("status")
                .withExample("pgkeep wal status --cluster sales --slot pgkeep", "one look at all of it")
                .withExample("pgkeep wal status -o json", "for monitoring: lag.bytes and lag.seconds")
                .withStatus(
                        ErrorCode.EXIT_WARNINGS,
                        "No server answers, WAL is missing in the middle, the slot is not there, lost or unused, or archiving fails.")
                .withStatus(ErrorCode.CLUSTER_UNKNOWN, "The repository does not know the cluster.");
    }

    @Override
    public int run(Invocation invocation) {
        String operand = invocation.operands(page(), 1, 1).getFirst();
        if (!operand.equals("status")) {
            throw new PgkeepException(ErrorCode.USAGE, "unexpected '" + operand + "'", "Usage: " + page().synopsis());
        }
        Settings settings = invocation.settings();
        Optional<String> slot = settings.find(Options.SLOT);
        try (Repository repository = invocation.repository()) {
            WalStatus status = new WalStatus(repository, invocation.backends().clock(), invocation.progress());
            WalStatus.Report report = status.report(
                    new ClusterName(settings.cluster()),
                    invocation.backends().connections(settings, invocation.progress()),
                    settings.get(Options.APPLICATION_NAME),
                    slot);
            if (invocation.json()) {
                JsonOutput.print(invocation.out(), json -> WalStatusJson.write(json, report));
            } else {
                WalStatusText.print(invocation.out(), report, slot);
            }
            return isWell(report, slot) ? 0 : ErrorCode.EXIT_WARNINGS;
        }
    }

    private static boolean isWell(WalStatus.Report report, Optional<String> slot) {
        boolean complete =
                report.timelines().stream().mapToInt(StoredTimeline::gaps).sum() == 0;
        return complete
                && report.server()
                        .map(server -> !server.archiver().isFailing()
                                && (slot.isEmpty() || isGood(server.streaming().slot())))
                        .orElse(false);
    }

    private static boolean isGood(Optional<StreamingFacts.Slot> slot) {
        return slot.map(found -> found.active()
                        && found.restart().isPresent()
                        && !found.walStatus().equals(Optional.of("lost")))
                .orElse(false);
    }
}
