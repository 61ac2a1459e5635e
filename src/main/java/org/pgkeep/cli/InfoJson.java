package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.pgkeep.report.BackupEntry;
import org.pgkeep.report.ClusterReport;
import org.pgkeep.report.Info;
import org.pgkeep.report.Problem;
import org.pgkeep.report.Recovery;
import org.pgkeep.report.WalRange;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.Fence;

/** What a repository holds, for programs: {@code docs/reference/info.schema.json}. Times are ISO 8601 in UTC, sizes bytes. */
final class InfoJson {
    private InfoJson() {}

    /** The fields of a repository, in an object that is open. */
    static void write(JsonGenerator json, Info.RepositoryReport report) throws IOException {
        json.writeStringField("location", report.location());
        json.writeStringField("id", report.id());
        if (report.keyId().isPresent()) {
            json.writeStringField("keyId", report.keyId().get());
        }
        json.writeStringField("at", report.at().toString());
        json.writeArrayFieldStart("clusters");
        for (ClusterReport cluster : report.clusters()) {
            json.writeStartObject();
            write(json, cluster);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("unreadable");
        for (Info.UnreadableCluster cluster : report.unreadable()) {
            json.writeStartObject();
            json.writeStringField("name", cluster.name().value());
            json.writeStringField("code", cluster.code().name());
            json.writeStringField("why", cluster.why());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, ClusterReport cluster) throws IOException {
        json.writeStringField("name", cluster.name().value());
        writeHistory(json, cluster.history());
        if (cluster.newest().isPresent()) {
            Recovery newest = cluster.recovery().getFirst();
            json.writeObjectFieldStart("newest");
            json.writeNumberField(
                    "timeline", Integer.toUnsignedLong(newest.lines().getFirst().timeline()));
            RecoveryJson.writeEnd(json, cluster.newest().get());
            json.writeEndObject();
        }
        json.writeArrayFieldStart("problems");
        for (Problem problem : cluster.problems()) {
            json.writeStartObject();
            json.writeStringField("kind", problem.kind().word());
            json.writeStringField("message", problem.message());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("recovery");
        for (Recovery recovery : cluster.recovery()) {
            RecoveryJson.write(json, recovery);
        }
        json.writeEndArray();
        if (cluster.fence().isPresent()) {
            write(json, cluster.fence().get());
        }
        writeWork(json, cluster);
        json.writeNumberField("storedBytes", cluster.totals().storedBytes());
        json.writeArrayFieldStart("backups");
        for (BackupEntry entry : cluster.backups()) {
            json.writeStartObject();
            BackupJson.write(json, entry);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("unreadable");
        for (ClusterReport.Unreadable backup : cluster.unreadable()) {
            json.writeStartObject();
            json.writeStringField("label", backup.label().toString());
            json.writeStringField("code", backup.code().name());
            json.writeStringField("why", backup.why());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("wal");
        for (WalRange range : cluster.wal()) {
            json.writeStartObject();
            WalJson.write(json, range);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeHistory(JsonGenerator json, List<ClusterRecord.History> history) throws IOException {
        json.writeArrayFieldStart("history");
        for (ClusterRecord.History one : history) {
            json.writeStartObject();
            json.writeNumberField("id", one.id());
            json.writeStringField("systemIdentifier", Long.toUnsignedString(one.systemIdentifier()));
            json.writeStringField("version", one.majorVersion());
            json.writeStringField("since", one.since().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Fence fence) throws IOException {
        json.writeObjectFieldStart("stopped");
        json.writeStringField("user", fence.user());
        json.writeStringField("host", fence.owner().host());
        json.writeStringField("since", fence.since().toString());
        if (fence.reason().isPresent()) {
            json.writeStringField("reason", fence.reason().get());
        }
        json.writeEndObject();
    }

    private static void writeWork(JsonGenerator json, ClusterReport cluster) throws IOException {
        json.writeArrayFieldStart("work");
        for (ClusterReport.Work work : cluster.work()) {
            json.writeStartObject();
            json.writeStringField("what", work.what());
            if (work.label().isPresent()) {
                json.writeStringField("label", work.label().get().toString());
            }
            json.writeStringField("status", work.status().word());
            json.writeStringField("host", work.owner().host());
            json.writeNumberField("process", work.owner().process());
            json.writeStringField("since", work.since().toString());
            if (work.silence().isPresent()) {
                json.writeNumberField("silentSeconds", work.silence().get().toSeconds());
            }
            if (work.copied().isPresent()) {
                json.writeNumberField("copiedBytes", work.copied().get().bytes());
                json.writeNumberField("totalBytes", work.copied().get().totalBytes());
            }
            if (work.reusableBytes().isPresent()) {
                json.writeNumberField("reusableBytes", work.reusableBytes().get());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
