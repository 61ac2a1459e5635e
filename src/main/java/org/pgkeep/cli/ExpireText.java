package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pgkeep.expire.Expire;
import org.pgkeep.expire.Objection;
import org.pgkeep.expire.Plan;
import org.pgkeep.expire.Reason;
import org.pgkeep.expire.WalReason;
import org.pgkeep.repository.Freed;
import org.pgkeep.units.ByteCount;

/** How it is told what stays and what goes, as text and as JSON. */
final class ExpireText {
    private ExpireText() {}

    static void print(PrintStream out, Expire.Result result, String cluster, boolean dryRun) {
        String goes = dryRun ? "would go" : "gone";
        Table backups = new Table("BACKUP", "FATE", ">FREED", "WHY");
        for (Plan.Fate fate : result.plan().backups()) {
            backups.row(
                    fate.label().toString(),
                    fate instanceof Plan.Fate.Goes ? goes : "stays",
                    freed(result, fate),
                    why(fate));
        }
        if (!backups.isEmpty()) {
            backups.print(out);
            out.println();
        }
        Table wal = new Table("WAL FROM", "TO", ">SEGMENTS", "FATE", "WHY");
        for (Plan.WalFate fate : result.plan().wal()) {
            wal.row(
                    fate.first().toString(),
                    fate.last().toString(),
                    String.format(Locale.ROOT, "%,d", fate.segments()),
                    fate.stays() ? "stays" : goes,
                    sentences(fate.reasons().stream().map(WalReason::sentence).toList()));
        }
        if (!wal.isEmpty()) {
            wal.print(out);
            out.println();
        }
        out.println("cluster '" + cluster + "': " + summary(result, dryRun));
    }

    private static String freed(Expire.Result result, Plan.Fate fate) {
        return fate instanceof Plan.Fate.Goes
                ? ByteCount.print(Optional.ofNullable(result.backups().get(fate.label()))
                        .orElse(Freed.NONE)
                        .bytes())
                : "";
    }

    private static String why(Plan.Fate fate) {
        return switch (fate) {
            case Plan.Fate.Stays(var _, List<Reason> reasons, boolean anyMoment) ->
                sentences(reasons.stream().map(Reason::sentence).toList())
                        + (anyMoment ? "" : "; leads only to its own end");
            case Plan.Fate.Goes(var _, List<Objection> objections) ->
                sentences(objections.stream().map(Objection::sentence).toList());
        };
    }

    private static String sentences(List<String> sentences) {
        return String.join("; ", sentences);
    }

    /** What went, in one line. */
    static String summary(Expire.Result result, boolean dryRun) {
        long segments = result.plan().goingWal().stream()
                .mapToLong(Plan.WalFate::segments)
                .sum();
        int backups = result.plan().going().size();
        String verb = dryRun ? " would go, " : " went, ";
        return backups == 0 && segments == 0 && result.freed().objects() == 0
                ? "nothing" + (dryRun ? " would go" : " went")
                : BackupText.count(backups, "backup") + " and " + BackupText.count(segments, "segment") + " of WAL"
                        + verb + ByteCount.print(result.freed().bytes()) + " freed";
    }

    static void write(JsonGenerator json, Expire.Result result, boolean dryRun) throws IOException {
        json.writeBooleanField("dryRun", dryRun);
        json.writeArrayFieldStart("backups");
        for (Plan.Fate fate : result.plan().backups()) {
            json.writeStartObject();
            write(json, fate);
            if (fate instanceof Plan.Fate.Goes) {
                json.writeNumberField(
                        "freedBytes",
                        Optional.ofNullable(result.backups().get(fate.label()))
                                .orElse(Freed.NONE)
                                .bytes());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("wal");
        for (Plan.WalFate fate : result.plan().wal()) {
            json.writeStartObject();
            json.writeNumberField("history", fate.historyId());
            json.writeStringField("first", fate.first().toString());
            json.writeStringField("last", fate.last().toString());
            json.writeNumberField("segments", fate.segments());
            json.writeBooleanField("stays", fate.stays());
            json.writeArrayFieldStart("reasons");
            for (WalReason reason : fate.reasons()) {
                write(json, reason, reason.sentence());
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("freedObjects", result.freed().objects());
        json.writeNumberField("freedBytes", result.freed().bytes());
    }

    private static void write(JsonGenerator json, Plan.Fate fate) throws IOException {
        json.writeStringField("label", fate.label().toString());
        switch (fate) {
            case Plan.Fate.Stays(var _, List<Reason> reasons, boolean anyMoment) -> {
                json.writeBooleanField("stays", true);
                json.writeBooleanField("anyMoment", anyMoment);
                json.writeArrayFieldStart("reasons");
                for (Reason reason : reasons) {
                    write(json, reason, reason.sentence());
                }
                json.writeEndArray();
            }
            case Plan.Fate.Goes(var _, List<Objection> objections) -> {
                json.writeBooleanField("stays", false);
                json.writeArrayFieldStart("reasons");
                for (Objection objection : objections) {
                    write(json, objection, objection.sentence());
                }
                json.writeEndArray();
            }
        }
    }

    private static void write(JsonGenerator json, Object reason, String sentence) throws IOException {
        String kind = reason.getClass().getSimpleName();
        json.writeStartObject();
        json.writeStringField("kind", Character.toLowerCase(kind.charAt(0)) + kind.substring(1));
        json.writeStringField("text", sentence);
        json.writeEndObject();
    }
}
