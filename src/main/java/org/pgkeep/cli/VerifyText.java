package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.Label;
import org.pgkeep.units.ByteCount;
import org.pgkeep.verify.Finding;
import org.pgkeep.verify.Verify;

/** What verify found, for people and for programs. */
final class VerifyText {
    private static final int LABELS_MAX = 10;

    private VerifyText() {}

    /** Prints it, and gives the exit status. */
    static int print(Invocation invocation, Verify.Result result, String location) {
        int status = status(result);
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> write(json, result, location, status));
        } else {
            printFindings(invocation, result);
            Sheet sheet = new Sheet(result.isDamaged() ? location + " is DAMAGED" : location + " is sound");
            addTo(sheet, result);
            sheet.print(invocation.out());
        }
        return status;
    }

    /** The same of the way to a target. */
    static int print(Invocation invocation, TargetAnswer answer, String location) {
        int status = answer.exitStatus();
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> write(json, answer, location, status));
            return status;
        }
        answer.found().ifPresent(found -> printFindings(invocation, found));
        Sheet sheet = new Sheet(TargetAnswer.text(answer.target())
                + (answer.isReachable() ? " can be restored from " : " CANNOT be restored from ")
                + location);
        answer.addTo(sheet);
        answer.found().ifPresent(found -> addTo(sheet, found));
        sheet.print(invocation.out());
        return status;
    }

    private static void write(JsonGenerator json, TargetAnswer answer, String location, int status) throws IOException {
        answer.write(json);
        if (answer.found().isPresent()) {
            write(json, answer.found().get(), location, status);
        } else {
            json.writeStringField("repository", location);
            json.writeNumberField("status", status);
        }
    }

    static int status(Verify.Result result) {
        if (result.isDamaged()) {
            return ErrorCode.DAMAGED.exitStatus();
        }
        boolean warns = result.findings().stream().anyMatch(finding -> finding.severity() == Finding.Severity.WARNING);
        return warns ? ErrorCode.EXIT_WARNINGS : 0;
    }

    private static void printFindings(Invocation invocation, Verify.Result result) {
        for (Finding finding : result.findings()) {
            String severity = switch (finding.severity()) {
                case ERROR -> "ERROR    ";
                case WARNING -> "warning  ";
                case NOTE -> "note     ";
            };
            invocation.out().println(severity + finding.object() + ": " + finding.message());
            if (!finding.backups().isEmpty()) {
                invocation.out().println("         affects " + joined(finding.backups()));
            }
            finding.hint().ifPresent(hint -> invocation.out().println("         HINT: " + hint));
        }
    }

    private static void addTo(Sheet sheet, Verify.Result result) {
        Verify.Counts counts = result.counts();
        sheet.fact("errors", Long.toString(result.errors()));
        sheet.fact("backups", Long.toString(counts.backups()));
        sheet.fact(
                "packs", BackupText.count(counts.packs(), "pack") + ", " + BackupText.count(counts.frames(), "frame"));
        sheet.fact("files", Long.toString(counts.files()));
        sheet.fact("WAL files", Long.toString(counts.walFiles()));
        sheet.fact("read", ByteCount.print(counts.storedBytes()));
        if (counts.recent() > 0) {
            sheet.fact("not read", counts.recent() + " packs and WAL files that were verified lately");
        }
        marked(sheet, result.judged());
    }

    private static void marked(Sheet sheet, List<Verify.Judged> judged) {
        List<Verify.Judged> marked =
                judged.stream().filter(Verify.Judged::marked).toList();
        if (marked.isEmpty()) {
            return;
        }
        List<Label> damaged = labels(marked, each -> each.found().isDamaged());
        sheet.fact(
                "marked",
                BackupText.count(marked.size() - damaged.size(), "backup") + " as verified, " + damaged.size()
                        + " as damaged" + (damaged.isEmpty() ? "" : ": " + few(damaged)));
        List<Label> healed = labels(marked, Verify.Judged::healed);
        if (!healed.isEmpty()) {
            sheet.fact("healed", few(healed));
        }
    }

    private static List<Label> labels(List<Verify.Judged> judged, Predicate<Verify.Judged> wanted) {
        return judged.stream().filter(wanted).map(Verify.Judged::label).toList();
    }

    private static String few(List<Label> labels) {
        return joined(labels.subList(0, Math.min(LABELS_MAX, labels.size())))
                + (labels.size() > LABELS_MAX ? " and " + (labels.size() - LABELS_MAX) + " more" : "");
    }

    private static String joined(List<Label> labels) {
        return labels.stream().map(Label::value).collect(Collectors.joining(", "));
    }

    private static void write(JsonGenerator json, Verify.Result result, String location, int status)
            throws IOException {
        json.writeStringField("repository", location);
        json.writeNumberField("status", status);
        json.writeNumberField("errors", result.errors());
        json.writeArrayFieldStart("findings");
        for (Finding finding : result.findings()) {
            json.writeStartObject();
            json.writeStringField("severity", finding.severity().name().toLowerCase(Locale.ROOT));
            json.writeStringField("object", finding.object());
            json.writeStringField("message", finding.message());
            json.writeArrayFieldStart("backups");
            for (Label label : finding.backups()) {
                json.writeString(label.toString());
            }
            json.writeEndArray();
            if (finding.hint().isPresent()) {
                json.writeStringField("hint", finding.hint().get());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("backups");
        for (Verify.Judged judged : result.judged()) {
            json.writeStartObject();
            json.writeStringField("cluster", judged.cluster().toString());
            json.writeStringField("label", judged.label().toString());
            json.writeStringField("status", judged.found().isDamaged() ? "damaged" : "verified");
            json.writeStringField("depth", judged.found().depth().word());
            json.writeBooleanField("marked", judged.marked());
            json.writeBooleanField("healed", judged.healed());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectFieldStart("read");
        json.writeNumberField("backups", result.counts().backups());
        json.writeNumberField("packs", result.counts().packs());
        json.writeNumberField("frames", result.counts().frames());
        json.writeNumberField("files", result.counts().files());
        json.writeNumberField("walFiles", result.counts().walFiles());
        json.writeNumberField("storedBytes", result.counts().storedBytes());
        json.writeNumberField("recent", result.counts().recent());
        json.writeEndObject();
    }
}
