package org.pgkeep.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.expire.Expire;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;

/** {@code pgkeep delete}. */
final class DeleteCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.DELETE,
                        "Removes the backups of these labels or names, or all that are old or of one status. Backups that build on them live"
                                + " on with the packs that they share, unless --dependents says that they go, too. WAL stays until the"
                                + " next 'pgkeep expire'.",
                        "A pinned backup is refused, and so is the last one that can be restored, unless --force is given. Interrupted"
                                + " anywhere and run again, it comes to the same end.")
                .withOperands("[LABEL|NAME]...")
                .withExample("pgkeep delete 20261121-203000F --dry-run", "says what would be freed")
                .withExample("pgkeep delete 20261121-203000F --dependents", "removes it and what builds on it")
                .withExample("pgkeep delete --older-than 30d", "removes all that ended more than 30 days ago")
                .withExample("pgkeep delete --status damaged", "removes all that verify found damaged")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.")
                .withStatus(ErrorCode.HELD, "A backup or other work on the cluster is running.")
                .withStatus(
                        ErrorCode.MUST_STAY,
                        "A backup is pinned, or no backup that can be restored would be left; nothing was removed.");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 0, Integer.MAX_VALUE);
        Settings settings = invocation.settings();
        boolean dryRun = settings.get(Options.DRY_RUN);
        if (operands.isEmpty()
                && settings.find(Options.OLDER_THAN).isEmpty()
                && settings.find(Options.STATUS).isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "no backup is named",
                    "Name one by its label, or give --older-than or --status. Usage: " + page().synopsis());
        }
        try (Repository repository = invocation.repository().withLeaseTerm(settings.get(Options.LEASE_TERM))) {
            ClusterStore cluster = repository.cluster(new ClusterName(settings.cluster()));
            Expire expire = new Expire(repository, invocation.backends().clock(), invocation.progress());
            Expire.Result result =
                    expire.delete(Retention.terms(settings, dryRun), wish(invocation, cluster, operands));
            print(invocation, result, dryRun);
            return 0;
        }
    }

    private static Expire.Wish wish(Invocation invocation, ClusterStore cluster, List<String> operands) {
        Settings settings = invocation.settings();
        List<Label> labels =
                operands.stream().map(text -> Labels.there(cluster, text)).toList();
        Instant now = invocation.backends().clock().instant();
        Optional<Instant> olderThan = settings.find(Options.OLDER_THAN).map(now::minus);
        return new Expire.Wish(
                labels,
                settings.get(Options.DEPENDENTS),
                olderThan,
                settings.find(Options.STATUS).flatMap(BackupStatus::ofWord),
                settings.get(Options.FORCE));
    }

    private static void print(Invocation invocation, Expire.Result result, boolean dryRun) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("cluster", invocation.settings().cluster());
                ExpireText.write(json, result, dryRun);
            });
        } else {
            ExpireText.print(invocation.out(), result, invocation.settings().cluster(), dryRun);
        }
    }
}
