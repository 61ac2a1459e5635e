package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.pgkeep.report.BackupEntry;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Pin;
import org.pgkeep.repository.Validation;

/** A backup, for programs. */
final class BackupJson {
    private BackupJson() {}

    /** As a listing tells it: fields of an object that is open. */
    static void write(JsonGenerator json, BackupEntry entry) throws IOException {
        writeFacts(json, entry.record());
        json.writeStringField("chain", entry.chain().toString());
        json.writeStringField("status", entry.status().word());
        json.writeArrayFieldStart("damage");
        for (String reason : entry.reasons()) {
            json.writeString(reason);
        }
        json.writeEndArray();
        json.writeNumberField("warningCount", entry.warnings());
        json.writeNumberField("sharedBytes", entry.shares().sharedBytes());
        json.writeNumberField("uniqueBytes", entry.shares().uniqueBytes());
        json.writeFieldName("restorable");
        RecoveryJson.write(json, entry.goal());
        write(json, entry.mark());
    }

    /** With everything in its record: fields of an object that is open. */
    static void write(JsonGenerator json, BackupRecord backup) throws IOException {
        writeFacts(json, backup);
        writeLists(json, backup);
    }

    private static void writeFacts(JsonGenerator json, BackupRecord backup) throws IOException {
        json.writeStringField("label", backup.label().toString());
        json.writeStringField("type", backup.type().word());
        if (backup.base().isPresent()) {
            json.writeStringField("base", backup.base().get().toString());
        }
        if (backup.merged().isPresent()) {
            BackupRecord.Merged how = backup.merged().get();
            json.writeObjectFieldStart("merged");
            json.writeStringField("at", how.at().toString());
            writeLabels(json, "backups", how.backups());
            json.writeEndObject();
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
            writeLabels(json, "attempts", what.attempts());
            json.writeNumberField("foundBlocks", what.foundBlocks());
            json.writeEndObject();
        }
        json.writeNumberField("history", backup.historyId());
        json.writeStringField("version", backup.majorVersion());
        json.writeStringField("systemIdentifier", Long.toUnsignedString(backup.systemIdentifier()));
        json.writeBooleanField("online", backup.online());
        json.writeStringField("wal", backup.wal().word());
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
    }

    static void writeLabels(JsonGenerator json, String field, List<Label> labels) throws IOException {
        json.writeArrayFieldStart(field);
        for (Label label : labels) {
            json.writeString(label.value());
        }
        json.writeEndArray();
    }

    /** What can be long. */
    static void writeLists(JsonGenerator json, BackupRecord backup) throws IOException {
        json.writeArrayFieldStart("references");
        for (BackupRecord.Reference reference : backup.references()) {
            json.writeStartObject();
            json.writeStringField("label", reference.label().toString());
            json.writeStringField("packs", reference.packs().print());
            json.writeEndObject();
        }
        json.writeEndArray();
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

    private static void write(JsonGenerator json, BackupMark mark) throws IOException {
        if (mark.name().isPresent()) {
            json.writeStringField("name", mark.name().get().value());
        }
        if (mark.note().isPresent()) {
            json.writeStringField("note", mark.note().get());
        }
        if (mark.pin().isPresent()) {
            Pin pin = mark.pin().get();
            json.writeObjectFieldStart("pin");
            RecoveryJson.writeTime(json, "until", pin.until());
            json.writeBooleanField("keepWal", pin.keepsWal());
            json.writeEndObject();
        }
        json.writeObjectFieldStart("annotations");
        for (Map.Entry<String, String> annotation : mark.annotations().entrySet()) {
            json.writeStringField(annotation.getKey(), annotation.getValue());
        }
        json.writeEndObject();
        if (mark.validation().isPresent()) {
            Validation validation = mark.validation().get();
            json.writeObjectFieldStart("validation");
            json.writeStringField("status", validation.isDamaged() ? "damaged" : "ok");
            json.writeStringField("at", validation.at().toString());
            json.writeStringField("depth", validation.depth().word());
            json.writeEndObject();
        }
    }
}
