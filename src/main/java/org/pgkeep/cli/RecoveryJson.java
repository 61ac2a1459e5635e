package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.pgkeep.report.Recovery;

/** To which moments a cluster can be brought back, for programs. */
final class RecoveryJson {
    private RecoveryJson() {}

    static void write(JsonGenerator json, Recovery recovery) throws IOException {
        json.writeStartObject();
        json.writeNumberField("history", recovery.historyId());
        json.writeArrayFieldStart("lines");
        for (Recovery.Line line : recovery.lines()) {
            json.writeStartObject();
            write(json, line);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Recovery.Line line) throws IOException {
        json.writeNumberField("timeline", Integer.toUnsignedLong(line.timeline()));
        if (line.past().isPresent()) {
            json.writeStringField("past", line.past().get().toString());
        }
        json.writeArrayFieldStart("text");
        for (String sentence : RecoveryText.moments(line)) {
            json.writeString(sentence);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("spans");
        for (Recovery.Span span : line.spans()) {
            json.writeStartObject();
            json.writeStringField("backup", span.backup().toString());
            writeTime(json, "from", span.from());
            json.writeStringField("fromLsn", span.fromLsn().toString());
            writeEnd(json, span);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("holes");
        for (Recovery.Hole hole : line.holes()) {
            json.writeStartObject();
            writeTime(json, "from", hole.from());
            writeTime(json, "to", hole.to());
            json.writeFieldName("missing");
            WalJson.write(json, hole.missing());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** The end of a span, in an object that is open. */
    static void writeEnd(JsonGenerator json, Recovery.Span span) throws IOException {
        writeTime(json, "to", span.to());
        json.writeStringField("toLsn", span.toLsn().toString());
    }

    static void writeTime(JsonGenerator json, String name, Optional<Instant> time) throws IOException {
        if (time.isPresent()) {
            json.writeStringField(name, time.get().toString());
        }
    }

    /** Where a backup leads to. */
    static void write(JsonGenerator json, Recovery.Goal goal) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("complete", goal.isComplete());
        json.writeNumberField("timeline", Integer.toUnsignedLong(goal.timeline()));
        json.writeBooleanField("newest", goal.newest());
        writeTime(json, "to", goal.to());
        if (goal.toLsn().isPresent()) {
            json.writeStringField("toLsn", goal.toLsn().get().toString());
        }
        if (goal.firstMissing().isPresent()) {
            json.writeStringField("firstMissing", goal.firstMissing().get().toString());
        }
        json.writeEndObject();
    }
}
