package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.report.Info;
import org.pgkeep.report.WalRange;
import org.pgkeep.repository.Label;

/** Archived WAL, for programs. */
final class WalJson {
    private WalJson() {}

    /** What {@code info --wal} prints, in an object that is open. */
    static void write(JsonGenerator json, Info.RepositoryWal repository) throws IOException {
        json.writeStringField("location", repository.location());
        json.writeArrayFieldStart("clusters");
        for (Info.ArchiveReport report : repository.clusters()) {
            json.writeStartObject();
            json.writeStringField("name", report.cluster().value());
            json.writeArrayFieldStart("wal");
            for (WalRange.WithBackups timeline : report.timelines()) {
                json.writeStartObject();
                write(json, timeline);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, WalRange.WithBackups timeline) throws IOException {
        write(json, timeline.wal());
        json.writeArrayFieldStart("backups");
        for (Label label : timeline.backups()) {
            json.writeString(label.toString());
        }
        json.writeEndArray();
        if (timeline.nearestBase().isPresent()) {
            json.writeStringField("nearestBase", timeline.nearestBase().get().toString());
        }
    }

    /** The WAL of a timeline, in an object that is open. */
    static void write(JsonGenerator json, WalRange range) throws IOException {
        json.writeNumberField("history", range.historyId());
        json.writeNumberField("timeline", Integer.toUnsignedLong(range.timeline()));
        json.writeStringField("status", range.isSound() ? "ok" : "degraded");
        if (range.origin().isPresent()) {
            json.writeNumberField(
                    "parent", Integer.toUnsignedLong(range.origin().get().parent()));
            json.writeStringField(
                    "switchPoint", range.origin().get().switchPoint().toString());
        }
        json.writeNumberField("segmentBytes", range.segmentBytes());
        if (range.held().isPresent()) {
            json.writeStringField("first", range.held().get().first().toString());
            json.writeStringField("last", range.held().get().last().toString());
        }
        json.writeNumberField(
                "segments", range.held().map(WalRange.Held::segments).orElse(0L));
        if (range.storedBytes().isPresent()) {
            json.writeNumberField("storedBytes", range.storedBytes().getAsLong());
        }
        if (range.arrivals().isPresent()) {
            json.writeStringField("lastStored", range.arrivals().get().last().toString());
            json.writeNumberField("segmentsLastHour", range.arrivals().get().lastHour());
        }
        json.writeNumberField(
                "gapCount", range.held().map(WalRange.Held::gapCount).orElse(0L));
        json.writeArrayFieldStart("gaps");
        for (WalRange.Gap gap : range.held().map(WalRange.Held::gaps).orElse(List.of())) {
            write(json, gap);
        }
        json.writeEndArray();
        if (range.partial().isPresent()) {
            json.writeStringField("partial", range.partial().get().toString());
        }
        if (range.streamed().isPresent()) {
            json.writeObjectFieldStart("streamed");
            json.writeStringField("segment", range.streamed().get().segment().toString());
            json.writeStringField("end", range.streamed().get().end().toString());
            json.writeEndObject();
        }
        if (!range.dropped().isEmpty()) {
            json.writeArrayFieldStart("givenUp");
            for (SegmentName segment : range.dropped()) {
                json.writeString(segment.toString());
            }
            json.writeEndArray();
        }
        if (!range.damaged().isEmpty()) {
            json.writeArrayFieldStart("damaged");
            for (SegmentName segment : range.damaged()) {
                json.writeString(segment.toString());
            }
            json.writeEndArray();
        }
        json.writeArrayFieldStart("conflicts");
        for (SegmentName segment : range.conflicts()) {
            json.writeString(segment.toString());
        }
        json.writeEndArray();
    }

    static void write(JsonGenerator json, WalRange.Gap gap) throws IOException {
        json.writeStartObject();
        json.writeStringField("first", gap.first().toString());
        json.writeStringField("last", gap.last().toString());
        json.writeNumberField("segments", gap.segments());
        json.writeEndObject();
    }
}
