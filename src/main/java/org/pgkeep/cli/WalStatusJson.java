package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import org.pgkeep.postgres.server.ArchiveQueue;
import org.pgkeep.postgres.server.ArchiverStatus;
import org.pgkeep.postgres.server.StreamingFacts;
import org.pgkeep.receive.StoredTimeline;
import org.pgkeep.receive.WalStatus;

/** How far WAL is, for programs. */
final class WalStatusJson {
    private WalStatusJson() {}

    /** All of it, in an object that is open. */
    static void write(JsonGenerator json, WalStatus.Report report) throws IOException {
        json.writeStringField("cluster", report.cluster().value());
        if (report.unreachable().isPresent()) {
            JsonOutput.writeError(json, report.unreachable().get());
        }
        if (report.server().isPresent()) {
            json.writeObjectFieldStart("server");
            write(json, report.server().get());
            json.writeEndObject();
        }
        json.writeArrayFieldStart("repository");
        for (StoredTimeline timeline : report.timelines()) {
            json.writeStartObject();
            write(json, timeline);
            json.writeEndObject();
        }
        json.writeEndArray();
        if (report.lag().isPresent()) {
            json.writeObjectFieldStart("lag");
            json.writeNumberField("bytes", report.lag().get().bytes());
            json.writeNumberField("seconds", report.lag().get().age().toMillis() / 1000.0);
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, WalStatus.ServerSide server) throws IOException {
        json.writeStringField("host", server.settings().host());
        json.writeNumberField("port", server.settings().port());
        json.writeBooleanField("standby", server.facts().inRecovery());
        json.writeNumberField("timeline", Integer.toUnsignedLong(server.facts().timeline()));
        json.writeStringField("end", server.streaming().end().toString());
        archiver(json, server.facts().archiveMode(), server.archiver(), server.queue());
        if (server.streaming().slot().isPresent()) {
            slot(json, server.streaming().slot().get());
        }
        if (server.streaming().receiver().isPresent()) {
            receiver(json, server.streaming().receiver().get());
        }
    }

    private static void archiver(JsonGenerator json, String mode, ArchiverStatus archiver, Optional<ArchiveQueue> queue)
            throws IOException {
        json.writeObjectFieldStart("archiving");
        json.writeStringField("mode", mode);
        json.writeNumberField("archived", archiver.archivedCount());
        json.writeNumberField("failed", archiver.failedCount());
        if (queue.isPresent()) {
            json.writeNumberField("waiting", queue.get().files());
        }
        optional(json, "waitingSince", queue.flatMap(ArchiveQueue::since));
        optional(json, "last", archiver.lastArchived());
        optional(json, "lastAt", archiver.lastArchivedAt());
        json.writeBooleanField("failing", archiver.isFailing());
        optional(json, "lastFailed", archiver.lastFailed());
        json.writeEndObject();
    }

    private static void slot(JsonGenerator json, StreamingFacts.Slot slot) throws IOException {
        json.writeObjectFieldStart("slot");
        json.writeStringField("name", slot.name());
        json.writeBooleanField("active", slot.active());
        optional(json, "restart", slot.restart());
        optional(json, "walStatus", slot.walStatus());
        if (slot.safeBytes().isPresent()) {
            json.writeNumberField("safeBytes", slot.safeBytes().get());
        }
        json.writeEndObject();
    }

    private static void receiver(JsonGenerator json, StreamingFacts.Receiver receiver) throws IOException {
        json.writeObjectFieldStart("receiver");
        json.writeStringField("name", receiver.name());
        optional(json, "state", receiver.state());
        optional(json, "sync", receiver.sync());
        optional(json, "written", receiver.written());
        optional(json, "flushed", receiver.flushed());
        if (receiver.flushLag().isPresent()) {
            json.writeNumberField("flushLagSeconds", receiver.flushLag().get().toMillis() / 1000.0);
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, StoredTimeline timeline) throws IOException {
        json.writeNumberField("timeline", Integer.toUnsignedLong(timeline.timeline()));
        optional(json, "lastSegment", timeline.lastSegment());
        json.writeStringField("end", timeline.end().toString());
        json.writeBooleanField("streamed", timeline.streamed());
        optional(json, "lastStored", timeline.lastStored());
        json.writeNumberField("gaps", timeline.gaps());
    }

    private static void optional(JsonGenerator json, String name, Optional<?> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(name, value.get().toString());
        }
    }
}
