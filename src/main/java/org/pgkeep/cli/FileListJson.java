package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.report.FileLine;
import org.pgkeep.report.FileList;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestHeader;

/** The files of a backup for programs; a stream. */
final class FileListJson {
    private FileListJson() {}

    static void print(PrintStream out, ClusterName cluster, FileList files) {
        JsonOutput.print(out, json -> {
            json.writeStringField("cluster", cluster.value());
            header(json, files.header());
            json.writeArrayFieldStart("files");
            for (Optional<FileLine> line = files.next(); line.isPresent(); line = files.next()) {
                write(json, line.get());
            }
            json.writeEndArray();
        });
    }

    private static void header(JsonGenerator json, ManifestHeader header) throws IOException {
        json.writeStringField("label", header.label().value());
        if (header.base().isPresent()) {
            json.writeStringField("base", header.base().get().value());
        }
        json.writeNumberField("serverVersion", header.versionNumber());
        json.writeNumberField("pageBytes", header.blockBytes());
        json.writeBooleanField("checksums", header.checksums());
    }

    private static void write(JsonGenerator json, FileLine line) throws IOException {
        json.writeStartObject();
        json.writeStringField("path", line.path().toString());
        json.writeStringField("kind", line.kind());
        json.writeStringField(
                "mode", String.format(Locale.ROOT, "%04o", line.attributes().mode()));
        json.writeStringField("owner", line.attributes().owner());
        json.writeStringField("group", line.attributes().group());
        json.writeStringField("modified", line.attributes().modified().toString());
        if (line.link().isPresent()) {
            json.writeStringField("link", line.link().get().toString());
        }
        if (line.relation().isPresent()) {
            json.writeStringField("tablespace", line.relation().get().tablespace());
            json.writeStringField("database", line.relation().get().database());
        }
        if (!line.kind().equals("directory") && !line.kind().equals("link")) {
            content(json, line);
        }
        json.writeEndObject();
    }

    private static void content(JsonGenerator json, FileLine line) throws IOException {
        json.writeNumberField("bytes", line.sizeBytes());
        json.writeNumberField("zeroBlocks", line.zeroBlocks());
        json.writeObjectFieldStart("storedBlocks");
        for (Map.Entry<Label, Long> stored : line.storedBlocks().entrySet()) {
            json.writeNumberField(stored.getKey().value(), stored.getValue());
        }
        json.writeEndObject();
        if (!line.damagedPages().isEmpty()) {
            json.writeArrayFieldStart("damagedPages");
            for (long page : line.damagedPages()) {
                json.writeNumber(page);
            }
            json.writeEndArray();
        }
    }
}
