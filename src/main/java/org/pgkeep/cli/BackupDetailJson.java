package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import org.pgkeep.report.BackupContents;
import org.pgkeep.report.BackupDetail;

/** One backup with all that is known of it, for programs. */
final class BackupDetailJson {
    private BackupDetailJson() {}

    /** The fields of a document that is open. */
    static void write(JsonGenerator json, BackupDetail detail) throws IOException {
        json.writeStringField("location", detail.location());
        json.writeStringField("at", detail.at().toString());
        json.writeStringField("cluster", detail.cluster().value());
        json.writeObjectFieldStart("backup");
        BackupJson.write(json, detail.entry());
        BackupJson.writeLists(json, detail.record());
        if (detail.contents().isPresent()) {
            json.writeObjectFieldStart("contents");
            write(json, detail.contents().get());
            json.writeEndObject();
        }
        if (detail.unreadable().isPresent()) {
            json.writeStringField("unreadable", detail.unreadable().get());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, BackupContents contents) throws IOException {
        json.writeNumberField("serverVersion", contents.serverVersion());
        json.writeNumberField("blockBytes", contents.blockBytes());
        json.writeNumberField("directories", contents.directories());
        json.writeNumberField("links", contents.links());
        json.writeArrayFieldStart("databases");
        for (BackupContents.Database database : contents.databases()) {
            json.writeStartObject();
            json.writeNumberField("oid", database.oid());
            if (database.name().isPresent()) {
                json.writeStringField("name", database.name().get());
            }
            write(json, database.relations());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("tablespaces");
        for (BackupContents.Tablespace space : contents.tablespaces()) {
            json.writeStartObject();
            json.writeNumberField("oid", space.oid());
            json.writeStringField("name", space.name());
            if (space.location().isPresent()) {
                json.writeStringField("location", space.location().get().toString());
            }
            write(json, space.relations());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectFieldStart("other");
        write(json, contents.other());
        json.writeEndObject();
        json.writeNumberField("damagedFiles", contents.damagedFiles());
        json.writeArrayFieldStart("damagedPages");
        for (BackupContents.DamagedFile file : contents.damaged()) {
            json.writeStartObject();
            json.writeStringField("path", file.path().toString());
            json.writeArrayFieldStart("pages");
            for (long page : file.pages()) {
                json.writeNumber(page);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectFieldStart("options");
        for (Map.Entry<String, String> option : contents.options().entrySet()) {
            json.writeStringField(option.getKey(), option.getValue());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, BackupContents.Amount amount) throws IOException {
        json.writeNumberField("files", amount.files());
        json.writeNumberField("bytes", amount.bytes());
    }
}
