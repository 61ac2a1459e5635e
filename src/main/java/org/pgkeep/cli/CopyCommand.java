package org.pgkeep.cli;

import java.util.List;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.copy.Copy;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.layer.Throttle;
import org.pgkeep.units.ByteCount;

/** {@code pgkeep copy}. */
final class CopyCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.COPY,
                        "Brings backups of the repository of --repo, or the first of the configuration file, into the one of --to: the"
                                + " newest, those of the labels or names that are given, or with --all every one. A backup that is there"
                                + " already gets what it lacks; else nothing is done with it.",
                        "Only what the backup needs and the other repository has not is copied, as it is stored: no server is asked, nothing"
                                + " compressed again. Label, name, note, facts and pin stay. WAL that the backup needs goes with it; later WAL"
                                + " gets there by archiving into both. Each may be sealed, with a key of its own.",
                        "The backup exists there when it is complete, or not at all. Interrupted anywhere and run again, it comes to the same"
                                + " end. 'pgkeep backup --copy-to' does it with every backup.")
                .withOperands("[LABEL|NAME]...")
                .withExample("pgkeep copy --to second", "copies the newest backup")
                .withExample("pgkeep copy --to second --all --dry-run", "says what is missing there")
                .withExample("pgkeep copy --repo second --to local 20261122-203000I", "brings one back")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.")
                .withStatus(ErrorCode.CLUSTER_MISMATCH, "There, the name stands for another database cluster.")
                .withStatus(ErrorCode.CONFLICT, "There, another backup has the label.")
                .withStatus(
                        ErrorCode.DAMAGED, "A backup or WAL that it needs is damaged or missing; it was not copied.")
                .withStatus(ErrorCode.HELD, "There, a backup or other work on the cluster is running.");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 0, Integer.MAX_VALUE);
        Settings settings = invocation.settings();
        Settings other = settings.ofRepository(settings.require(Options.TO));
        try (Repository from = invocation.repository();
                Repository to = invocation.repository(other).withLeaseTerm(other.get(Options.LEASE_TERM))) {
            Copy.Request request = new Copy.Request(
                    new ClusterName(settings.cluster()),
                    labels(from, settings, operands),
                    settings.find(Options.RATE_LIMIT).map(Throttle::new),
                    settings.get(Options.DRY_RUN),
                    settings.get(Options.WAIT),
                    settings.get(Options.TEMPORARY));
            List<Copy.Copied> copied = new Copy(from, to, invocation.progress()).run(request);
            print(invocation, request, copied, other.repository());
            return 0;
        }
    }

    /** None: all. */
    private static List<Label> labels(Repository from, Settings settings, List<String> operands) {
        if (settings.get(Options.ALL_BACKUPS)) {
            if (!operands.isEmpty()) {
                throw new PgkeepException(
                        ErrorCode.USAGE, "--all and a label", "Give either --all or labels, not both.");
            }
            return List.of();
        }
        if (!operands.isEmpty()) {
            return operands.stream()
                    .map(text -> Labels.of(from, settings, text))
                    .toList();
        }
        List<BackupRecord> backups =
                from.cluster(new ClusterName(settings.cluster())).backups();
        if (backups.isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.BACKUP_UNKNOWN,
                    "cluster '" + settings.cluster() + "' has no backup in " + from.location(),
                    "Take one with 'pgkeep backup'.");
        }
        return List.of(backups.getLast().label());
    }

    private static void print(
            Invocation invocation, Copy.Request request, List<Copy.Copied> copied, String repository) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("cluster", request.cluster().toString());
                json.writeStringField("to", repository);
                json.writeBooleanField("dryRun", request.dryRun());
                json.writeArrayFieldStart("backups");
                for (Copy.Copied each : copied) {
                    json.writeStartObject();
                    json.writeStringField("label", each.label().value());
                    json.writeBooleanField("wasThere", each.wasThere());
                    FurtherCopy.write(json, each);
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
            return;
        }
        Table table = new Table("BACKUP", ">PACKS", ">BYTES", ">WAL FILES", "");
        for (Copy.Copied each : copied) {
            table.row(
                    each.label().value(),
                    Integer.toString(each.packs()),
                    ByteCount.print(each.bytes()),
                    Integer.toString(each.walFiles()),
                    each.wasThere() ? "was there" : "");
        }
        if (!table.isEmpty()) {
            table.print(invocation.out());
            invocation.out().println();
        }
        long bytes = copied.stream().mapToLong(Copy.Copied::bytes).sum();
        long fresh = copied.stream().filter(each -> !each.wasThere()).count();
        invocation
                .out()
                .println("cluster '" + request.cluster() + "': " + BackupText.number(fresh) + " of "
                        + BackupText.count(copied.size(), "backup") + (request.dryRun() ? " would be" : "")
                        + " copied into repository '" + repository + "', " + ByteCount.print(bytes));
    }
}
