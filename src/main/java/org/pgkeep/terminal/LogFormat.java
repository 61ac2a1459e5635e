package org.pgkeep.terminal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** How a log line looks. */
public enum LogFormat {
    /** {@code 2026-11-21T20:30:00.123+01:00 INFO  message}. */
    TEXT {
        @Override
        String line(OffsetDateTime time, LogLevel level, String message, Map<String, String> facts) {
            String padded = level.name().length() == 4 ? level.name() + " " : level.name();
            // A message with line breaks must not look like several lines.
            return time(time) + " " + padded + " " + message.replace("\n", "\\n");
        }
    },
    /** One object a line: time, level, message, and the facts of an error. */
    JSON {
        @Override
        String line(OffsetDateTime time, LogLevel level, String message, Map<String, String> facts) {
            StringWriter text = new StringWriter();
            try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
                json.writeStartObject();
                json.writeStringField("time", time(time));
                json.writeStringField("level", level.word());
                json.writeStringField("message", message);
                for (Map.Entry<String, String> fact : facts.entrySet()) {
                    json.writeStringField(fact.getKey(), fact.getValue());
                }
                json.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return text.toString();
        }
    };

    /** ISO 8601 with milliseconds and offset. */
    static String time(OffsetDateTime time) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx").format(time);
    }

    abstract String line(OffsetDateTime time, LogLevel level, String message, Map<String, String> facts);
}
