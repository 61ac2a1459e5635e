package org.pgkeep.cli;

import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.expire.Expire;
import org.pgkeep.repository.Repository;

/** {@code pgkeep expire}. */
final class ExpireCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.EXPIRE,
                        "Removes the backups and the WAL of a cluster that no policy of retention keeps, and says of each backup and"
                                + " each range of WAL why it stays or goes. A backup stays if any policy keeps it; where none is set,"
                                + " all stay. It runs by itself after each backup.",
                        "The newest backup that can be restored never goes, nor a pinned one, nor WAL that one that stays needs. Packs"
                                + " that others refer to stay. Interrupted anywhere and run again, it comes to the same end.")
                .withExample("pgkeep expire --dry-run", "says what would go, and why")
                .withExample("pgkeep expire --retention-full 2", "keeps two full backups and all that came since")
                .withExample(
                        "pgkeep expire --retention-window 7d --retention-monthly 12",
                        "keeps every moment of a week, and the last backup of each of twelve months")
                .withStatus(ErrorCode.CLUSTER_UNKNOWN, "The repository does not know the cluster.")
                .withStatus(ErrorCode.HELD, "A backup or other work on the cluster is running.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        boolean dryRun = settings.get(Options.DRY_RUN);
        try (Repository repository = invocation.repository().withLeaseTerm(settings.get(Options.LEASE_TERM))) {
            Expire expire = new Expire(repository, invocation.backends().clock(), invocation.progress());
            Expire.Result result = expire.expire(Retention.terms(settings, dryRun), Retention.policy(settings));
            if (invocation.json()) {
                JsonOutput.print(invocation.out(), json -> {
                    json.writeStringField("cluster", settings.cluster());
                    ExpireText.write(json, result, dryRun);
                });
            } else {
                ExpireText.print(invocation.out(), result, settings.cluster(), dryRun);
            }
            return 0;
        }
    }
}
