package org.pgkeep.cli;

import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.expire.Expire;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;

/** {@code pgkeep merge}. */
final class MergeCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.MERGE,
                        "Makes the incremental or differential backup of this label or name a full one, and removes those that it builds"
                                + " on, up to the full one: their restore points are given up. The label, its pin, name and note stay,"
                                + " and so do backups that build on it or on one that goes. No data is copied: packs that the backup"
                                + " needs stay where they are, and what only the others needed goes.",
                        "Until the one write that makes it a full one, everything can be restored as before. A backup that is a full one"
                                + " already is left alone. Interrupted anywhere and run again, it comes to the same end. WAL stays until"
                                + " the next 'pgkeep expire'.")
                .withOperands("LABEL|NAME")
                .withExample("pgkeep merge 20261122-203000I --dry-run", "says what would go, and what would be freed")
                .withExample("pgkeep merge 20261122-203000I", "makes it a full backup")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.")
                .withStatus(ErrorCode.DAMAGED, "Its manifest or a pack that it needs is missing; nothing was removed.")
                .withStatus(ErrorCode.HELD, "A backup or other work on the cluster is running.")
                .withStatus(
                        ErrorCode.MUST_STAY,
                        "A backup that would go is pinned, or the one that would stay cannot be restored; nothing was changed.");
    }

    @Override
    public int run(Invocation invocation) {
        String operand = invocation.operands(page(), 1, 1).getFirst();
        Settings settings = invocation.settings();
        boolean dryRun = settings.get(Options.DRY_RUN);
        try (Repository repository = invocation.repository().withLeaseTerm(settings.get(Options.LEASE_TERM))) {
            Label label = Labels.of(repository, settings, operand);
            Expire expire = new Expire(repository, invocation.backends().clock(), invocation.progress());
            Expire.Merged merged = expire.merge(Retention.terms(settings, dryRun), label, settings.get(Options.FORCE));
            print(invocation, merged, dryRun);
            return 0;
        }
    }

    private static void print(Invocation invocation, Expire.Merged merged, boolean dryRun) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("cluster", invocation.settings().cluster());
                json.writeStringField("label", merged.label().value());
                json.writeBooleanField("changed", merged.changed());
                json.writeNumberField("neededBytes", merged.neededBytes());
                ExpireText.write(json, merged.removed(), dryRun);
            });
        } else {
            ExpireText.print(
                    invocation.out(), merged.removed(), invocation.settings().cluster(), dryRun);
            invocation.out().println("backup " + merged.label() + " " + fate(merged, dryRun));
        }
    }

    private static String fate(Expire.Merged merged, boolean dryRun) {
        if (!merged.changed()) {
            return "is a full backup already";
        }
        return dryRun
                ? "would become a full backup; " + BackupText.number(merged.neededBytes())
                        + " bytes are needed for that"
                : "is a full backup now";
    }
}
