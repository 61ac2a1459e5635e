package org.pgkeep.cli;

import org.pgkeep.compact.Compact;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Compaction;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.layer.Throttle;
import org.pgkeep.units.ByteCount;

/** {@code pgkeep compact}. */
final class CompactCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.COMPACT,
                        "Backups share packs: what a backup that is gone had stored stays as long as others need a part of the same"
                                + " pack. Writes packs anew of which less than --threshold hundredths are still named by a backup,"
                                + " without the rest. What stays is copied as it is stored, without being expanded or compressed again.",
                        "Each pack is replaced at once, one after another, so that the repository never needs more room than for one of"
                                + " them, and no backup changes. Restore, verify and archiving go on meanwhile. Interrupted anywhere and"
                                + " run again, it comes to the same end.")
                .withExample("pgkeep compact --dry-run", "says which packs are sparse, and what would be freed")
                .withExample("pgkeep compact --threshold 80 --rate-limit 20MiB", "gives back more, slowly")
                .withStatus(ErrorCode.EXIT_WARNINGS, "Done, but damaged packs were left as they are.")
                .withStatus(
                        ErrorCode.DAMAGED,
                        "The record or manifest of a backup cannot be read: it may need any pack. Nothing was changed.")
                .withStatus(ErrorCode.HELD, "A backup or other work on the cluster is running.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        Compact.Request request = new Compact.Request(
                new ClusterName(settings.cluster()),
                settings.get(Options.THRESHOLD),
                settings.find(Options.RATE_LIMIT).map(Throttle::new),
                settings.get(Options.DRY_RUN),
                settings.get(Options.WAIT));
        try (Repository repository = invocation.repository().withLeaseTerm(settings.get(Options.LEASE_TERM))) {
            Compact.Result result = new Compact(repository, invocation.progress()).run(request);
            result.damaged().forEach(why -> invocation.progress().warn("left as it is: " + why));
            if (invocation.json()) {
                write(invocation, request, result);
            } else {
                print(invocation, request, result);
            }
            return result.damaged().isEmpty() ? 0 : ErrorCode.EXIT_WARNINGS;
        }
    }

    private static void print(Invocation invocation, Compact.Request request, Compact.Result result) {
        Table table = new Table("PACK", ">FRAMES", ">NAMED", ">FREED");
        for (Compaction.Pack pack : result.rewritten()) {
            table.row(
                    pack.label() + "/packs/" + pack.number() + ".pack",
                    ByteCount.print(pack.frameBytes()),
                    100 * pack.liveBytes() / pack.frameBytes() + " %",
                    ByteCount.print(pack.deadBytes()));
        }
        if (!table.isEmpty()) {
            table.print(invocation.out());
            invocation.out().println();
        }
        invocation.out().println("cluster '" + request.cluster() + "': " + summary(request, result));
    }

    private static String summary(Compact.Request request, Compact.Result result) {
        String of = BackupText.number(result.rewritten().size()) + " of " + BackupText.count(result.looked(), "pack");
        return request.dryRun()
                ? of + " would be written anew, " + ByteCount.print(result.freedBytes()) + " freed; "
                        + ByteCount.print(result.neededBytes()) + " needed at a time"
                : of + " written anew, " + ByteCount.print(result.freedBytes()) + " freed";
    }

    private static void write(Invocation invocation, Compact.Request request, Compact.Result result) {
        JsonOutput.print(invocation.out(), json -> {
            json.writeStringField("cluster", request.cluster().toString());
            json.writeBooleanField("dryRun", request.dryRun());
            json.writeNumberField("threshold", request.threshold());
            json.writeNumberField("looked", result.looked());
            json.writeArrayFieldStart("packs");
            for (Compaction.Pack pack : result.rewritten()) {
                json.writeStartObject();
                json.writeStringField("label", pack.label().value());
                json.writeNumberField("pack", pack.number());
                json.writeNumberField("frameBytes", pack.frameBytes());
                json.writeNumberField("namedBytes", pack.liveBytes());
                json.writeNumberField("freedBytes", pack.deadBytes());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("neededBytes", result.neededBytes());
            json.writeNumberField("freedBytes", result.freedBytes());
            json.writeArrayFieldStart("damaged");
            for (String why : result.damaged()) {
                json.writeString(why);
            }
            json.writeEndArray();
        });
    }
}
