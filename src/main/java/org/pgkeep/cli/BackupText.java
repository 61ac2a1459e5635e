package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Label;
import org.pgkeep.units.ByteCount;
import org.pgkeep.units.Durations;

/** How a backup is told, as text and as JSON. */
final class BackupText {
    private static final int WARNINGS_MAX = 20;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT);

    private BackupText() {}

    /** A time in this machine's zone, with its offset, as {@code --target-time} reads it. */
    static String time(Instant instant) {
        return TIME.format(instant.atZone(ZoneId.systemDefault()));
    }

    static String count(long number, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
    }

    /** The facts of a backup. */
    static void addTo(Sheet sheet, BackupRecord backup) {
        Duration took = Duration.between(backup.started(), backup.stopped());
        sheet.fact("time", time(backup.started()) + " to " + time(backup.stopped()) + ", " + Durations.print(took));
        sheet.fact(
                "cluster",
                "PostgreSQL " + backup.majorVersion() + ", " + (backup.checksums() ? "" : "no ") + "page checksums"
                        + (backup.online() ? "" : ", stopped") + (backup.fromStandby() ? ", standby" : ""));
        backup.base()
                .ifPresent(base -> sheet.fact(
                        "base",
                        base
                                + backup.comparison()
                                        .map(how -> "; " + blocks(how.readBlocks()) + " read, "
                                                + blocks(how.storedBlocks()) + " stored, changes by " + how.way())
                                        .orElse("")));
        backup.resumption()
                .ifPresent(what -> sheet.fact(
                        "resumed",
                        blocks(what.foundBlocks()) + " not stored again, of "
                                + String.join(
                                        " and ",
                                        what.attempts().stream()
                                                .map(Label::value)
                                                .toList())));
        BackupRecord.Sizes sizes = backup.sizes();
        sheet.fact("size", new ByteCount(sizes.clusterBytes()) + " in " + count(sizes.files(), "file"));
        sheet.fact(
                "stored",
                new ByteCount(sizes.storedBytes()) + " in " + count(sizes.packs(), "pack") + ", "
                        + backup.compression());
        if (backup.online()) {
            sheet.fact(
                    "WAL",
                    backup.startLsn() + " to " + backup.stopLsn() + ", timeline " + timeline(backup) + ", "
                            + backup.firstSegment().orElseThrow() + " to "
                            + backup.lastSegment().orElseThrow());
        }
        sheet.facts("warnings", warnings(backup));
    }

    private static String blocks(long count) {
        return new ByteCount(count * Blocks.BYTES).toString();
    }

    private static String timeline(BackupRecord backup) {
        String start = Integer.toUnsignedString(backup.startTimeline());
        return backup.startTimeline() == backup.stopTimeline()
                ? start
                : start + " to " + Integer.toUnsignedString(backup.stopTimeline());
    }

    private static List<String> warnings(BackupRecord backup) {
        List<String> lines = new ArrayList<>();
        List<BackupRecord.Warning> warnings = backup.warnings();
        warnings.stream().limit(WARNINGS_MAX).forEach(warning -> lines.add(warning.message()));
        if (warnings.size() > WARNINGS_MAX) {
            lines.add("and " + (warnings.size() - WARNINGS_MAX) + " more; --output json has all");
        }
        return lines;
    }

    /** The fields of a backup, in an object that is open. */
    static void write(JsonGenerator json, BackupRecord backup) throws IOException {
        json.writeStringField("label", backup.label().toString());
        json.writeStringField("type", backup.label().type().word());
        if (backup.base().isPresent()) {
            json.writeStringField("base", backup.base().get().toString());
        }
        if (backup.comparison().isPresent()) {
            BackupRecord.Comparison how = backup.comparison().get();
            json.writeStringField("changes", how.way());
            json.writeNumberField("readBlocks", how.readBlocks());
            json.writeNumberField("storedBlocks", how.storedBlocks());
        }
        if (backup.resumption().isPresent()) {
            BackupRecord.Resumption what = backup.resumption().get();
            json.writeObjectFieldStart("resumed");
            json.writeArrayFieldStart("attempts");
            for (Label attempt : what.attempts()) {
                json.writeString(attempt.value());
            }
            json.writeEndArray();
            json.writeNumberField("foundBlocks", what.foundBlocks());
            json.writeEndObject();
        }
        json.writeArrayFieldStart("references");
        for (BackupRecord.Reference reference : backup.references()) {
            json.writeString(reference.label().toString());
        }
        json.writeEndArray();
        json.writeStringField("version", backup.majorVersion());
        json.writeStringField("systemIdentifier", Long.toUnsignedString(backup.systemIdentifier()));
        json.writeBooleanField("online", backup.online());
        json.writeBooleanField("fromStandby", backup.fromStandby());
        json.writeStringField("started", backup.started().toString());
        json.writeStringField("stopped", backup.stopped().toString());
        json.writeStringField("startLsn", backup.startLsn().toString());
        json.writeStringField("stopLsn", backup.stopLsn().toString());
        json.writeNumberField("startTimeline", Integer.toUnsignedLong(backup.startTimeline()));
        json.writeNumberField("stopTimeline", Integer.toUnsignedLong(backup.stopTimeline()));
        if (backup.online()) {
            json.writeStringField(
                    "firstSegment", backup.firstSegment().orElseThrow().toString());
            json.writeStringField(
                    "lastSegment", backup.lastSegment().orElseThrow().toString());
        }
        json.writeBooleanField("checksums", backup.checksums());
        json.writeStringField("compression", backup.compression());
        json.writeNumberField("files", backup.sizes().files());
        json.writeNumberField("clusterBytes", backup.sizes().clusterBytes());
        json.writeNumberField("storedBytes", backup.sizes().storedBytes());
        json.writeNumberField("packs", backup.sizes().packs());
        json.writeStringField("pgkeep", backup.pgkeepVersion());
        json.writeArrayFieldStart("warnings");
        for (BackupRecord.Warning warning : backup.warnings()) {
            write(json, warning);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, BackupRecord.Warning warning) throws IOException {
        json.writeStartObject();
        if (!warning.path().isEmpty()) {
            json.writeStringField("path", warning.path());
        }
        if (!warning.pages().isEmpty()) {
            json.writeArrayFieldStart("pages");
            for (long page : warning.pages()) {
                json.writeNumber(page);
            }
            json.writeEndArray();
        }
        json.writeStringField("message", warning.message());
        json.writeEndObject();
    }
}
