package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.pgkeep.report.Info;
import org.pgkeep.report.RecoveryWindow;
import org.pgkeep.report.WalRange;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterRecord;

/** What a repository holds, for programs. Times are ISO 8601 in UTC, sizes bytes. */
final class InfoJson {
    private InfoJson() {}

    static void write(JsonGenerator json, Info.RepositoryReport report) throws IOException {
        json.writeObjectFieldStart("repository");
        json.writeStringField("location", report.location());
        json.writeStringField("id", report.id());
        json.writeEndObject();
        json.writeArrayFieldStart("clusters");
        for (Info.ClusterReport cluster : report.clusters()) {
            json.writeStartObject();
            write(json, cluster);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Info.ClusterReport cluster) throws IOException {
        json.writeStringField("name", cluster.name().value());
        json.writeArrayFieldStart("history");
        for (ClusterRecord.History history : cluster.history()) {
            json.writeStartObject();
            json.writeNumberField("id", history.id());
            json.writeStringField("systemIdentifier", Long.toUnsignedString(history.systemIdentifier()));
            json.writeStringField("version", history.majorVersion());
            json.writeStringField("since", history.since().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("backups");
        for (BackupRecord backup : cluster.backups()) {
            json.writeStartObject();
            BackupText.write(json, backup);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("unreadable");
        for (Info.UnreadableBackup backup : cluster.unreadable()) {
            json.writeStartObject();
            json.writeStringField("label", backup.label().toString());
            json.writeStringField("code", backup.code().name());
            json.writeStringField("why", backup.why());
            json.writeEndObject();
        }
        json.writeEndArray();
        writeAttempts(json, cluster);
        json.writeArrayFieldStart("wal");
        for (WalRange range : cluster.wal()) {
            write(json, range);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("recovery");
        for (RecoveryWindow window : cluster.recovery()) {
            write(json, window);
        }
        json.writeEndArray();
    }

    private static void writeAttempts(JsonGenerator json, Info.ClusterReport cluster) throws IOException {
        json.writeArrayFieldStart("attempts");
        for (Info.AttemptReport attempt : cluster.attempts()) {
            json.writeStartObject();
            json.writeStringField("label", attempt.attempt().label().toString());
            json.writeBooleanField("running", attempt.running());
            json.writeStringField("owner", attempt.attempt().owner().toString());
            json.writeStringField("started", attempt.attempt().started().toString());
            json.writeStringField("heartbeat", attempt.attempt().heartbeat().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, WalRange range) throws IOException {
        json.writeStartObject();
        json.writeNumberField("history", range.historyId());
        json.writeNumberField("timeline", Integer.toUnsignedLong(range.timeline()));
        json.writeNumberField("segmentBytes", range.segmentBytes());
        json.writeStringField("first", range.first().toString());
        json.writeStringField("last", range.last().toString());
        json.writeNumberField("segments", range.segments());
        json.writeArrayFieldStart("gaps");
        for (WalRange.Gap gap : range.gaps()) {
            json.writeStartObject();
            json.writeStringField("first", gap.first().toString());
            json.writeStringField("last", gap.last().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (range.partial().isPresent()) {
            json.writeStringField("partial", range.partial().get().toString());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, RecoveryWindow window) throws IOException {
        json.writeStartObject();
        json.writeStringField("backup", window.backup().toString());
        json.writeBooleanField("complete", window.complete());
        json.writeNumberField("timeline", Integer.toUnsignedLong(window.timeline()));
        json.writeStringField("from", window.from().toString());
        json.writeStringField("fromLsn", window.fromLsn().toString());
        if (window.to().isPresent()) {
            json.writeStringField("to", window.to().get().toString());
        }
        if (window.toLsn().isPresent()) {
            json.writeStringField("toLsn", window.toLsn().get().toString());
        }
        json.writeEndObject();
    }
}
