package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** JSON of a {@link BackupRecord}: {@code docs/formats/backup-record.md}. */
final class BackupRecordFormat {
    private static final int FORMAT = 1;

    private BackupRecordFormat() {}

    /** The record as it is stored. */
    static byte[] print(BackupRecord record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("label", record.label());
        fields.put("type", record.type().word());
        record.base().ifPresent(value -> fields.put("base", value));
        record.merged().ifPresent(how -> fields.put("merged", fields(how)));
        record.differential().ifPresent(value -> fields.put("differential", value));
        record.comparison().ifPresent(how -> fields.put("comparison", fields(how)));
        record.resumption().ifPresent(what -> fields.put("resumed", fields(what)));
        if (!record.references().isEmpty()) {
            fields.put(
                    "references",
                    record.references().stream()
                            .map(BackupRecord.Reference::print)
                            .toList());
        }
        fields.put("history", record.historyId());
        fields.put("systemIdentifier", Long.toUnsignedString(record.systemIdentifier()));
        fields.put("version", record.majorVersion());
        fields.put("online", record.online());
        if (record.wal().isIncluded()) {
            fields.put("wal", record.wal().word());
        }
        fields.put("fromStandby", record.fromStandby());
        fields.put("started", record.started());
        fields.put("stopped", record.stopped());
        fields.put("startLsn", record.startLsn());
        fields.put("stopLsn", record.stopLsn());
        fields.put("startTimeline", Integer.toUnsignedLong(record.startTimeline()));
        fields.put("stopTimeline", Integer.toUnsignedLong(record.stopTimeline()));
        fields.put("segmentBytes", record.segmentBytes());
        record.firstSegment().ifPresent(segment -> fields.put("firstSegment", segment));
        record.lastSegment().ifPresent(segment -> fields.put("lastSegment", segment));
        fields.put("checksums", record.checksums());
        fields.put("compression", record.compression());
        Map<String, Object> size = new LinkedHashMap<>();
        size.put("files", record.sizes().files());
        size.put("clusterBytes", record.sizes().clusterBytes());
        size.put("storedBytes", record.sizes().storedBytes());
        size.put("packBytes", record.sizes().packBytes());
        fields.put("sizes", size);
        Map<String, Object> stored = new LinkedHashMap<>();
        stored.put("storedBytes", record.manifest().storedBytes());
        stored.put("hash", Xxh3.hex16(record.manifest().hash()));
        fields.put("manifest", stored);
        fields.put(
                "warnings",
                record.warnings().stream().map(BackupRecordFormat::fields).toList());
        fields.put("backupLabel", record.backupLabelFile());
        fields.put("tablespaceMap", record.tablespaceMap());
        fields.put("pgkeep", record.pgkeepVersion());
        return Json.print(fields);
    }

    private static Map<String, Object> fields(BackupRecord.Merged how) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("at", how.at());
        fields.put("backups", how.backups());
        return fields;
    }

    private static Map<String, Object> fields(BackupRecord.Comparison how) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("way", how.way());
        fields.put("readBlocks", how.readBlocks());
        fields.put("storedBlocks", how.storedBlocks());
        return fields;
    }

    private static Map<String, Object> fields(BackupRecord.Resumption what) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("attempts", what.attempts());
        fields.put("foundBlocks", what.foundBlocks());
        return fields;
    }

    private static Map<String, Object> fields(BackupRecord.Warning warning) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", warning.path());
        fields.put("pages", warning.pages());
        fields.put("message", warning.message());
        return fields;
    }

    /**
     * A record as it was stored.
     *
     * @param known of records that were read before
     * @throws PgkeepException {@code DAMAGED} or {@code TOO_NEW}
     */
    static BackupRecord parse(byte[] bytes, String location, KnownReferences known) {
        Json json = Json.parse(bytes, location, FORMAT, known.texts());
        Json sizes = json.object("sizes");
        Json manifest = json.object("manifest");
        return new BackupRecord(
                json.label("label"),
                json.optionalLabel("base"),
                json.optionalObject("merged").map(BackupRecordFormat::merged),
                json.optionalLabel("differential"),
                json.optionalObject("comparison").map(BackupRecordFormat::comparison),
                json.optionalObject("resumed").map(BackupRecordFormat::resumption),
                references(json, location, known),
                json.integer("history"),
                json.unsignedLong("systemIdentifier", 10),
                json.text("version"),
                wal(json, location),
                json.flag("fromStandby"),
                json.instant("started"),
                json.instant("stopped"),
                json.lsn("startLsn"),
                json.lsn("stopLsn"),
                json.unsignedInteger("startTimeline"),
                json.unsignedInteger("stopTimeline"),
                json.integer("segmentBytes"),
                json.flag("checksums"),
                json.text("compression"),
                new BackupRecord.Sizes(
                        sizes.number("files"),
                        sizes.number("clusterBytes"),
                        sizes.number("storedBytes"),
                        sizes.numbers("packBytes")),
                new BackupRecord.Manifest(manifest.number("storedBytes"), manifest.unsignedLong("hash", 16)),
                warnings(json),
                json.text("backupLabel"),
                json.text("tablespaceMap"),
                json.text("pgkeep"));
    }

    private static BackupWal wal(Json json, String location) {
        if (!json.flag("online")) {
            return BackupWal.NONE;
        }
        Optional<String> included = json.optionalText("wal");
        return included.isEmpty()
                ? BackupWal.ARCHIVE
                : BackupWal.ofWord(included.get())
                        .filter(BackupWal::isIncluded)
                        .orElseThrow(() -> new PgkeepException(
                                ErrorCode.DAMAGED, location + " has WAL by '" + included.get() + "'"));
    }

    private static BackupRecord.Merged merged(Json json) {
        return new BackupRecord.Merged(json.instant("at"), json.labels("backups"));
    }

    private static BackupRecord.Comparison comparison(Json json) {
        return new BackupRecord.Comparison(json.text("way"), json.number("readBlocks"), json.number("storedBlocks"));
    }

    private static BackupRecord.Resumption resumption(Json json) {
        return new BackupRecord.Resumption(json.labels("attempts"), json.number("foundBlocks"));
    }

    private static List<BackupRecord.Reference> references(Json json, String location, KnownReferences known) {
        return known.parse(
                json.optionalTexts("references"),
                text -> new PgkeepException(ErrorCode.DAMAGED, location + " names '" + text + "' as packs"));
    }

    private static List<BackupRecord.Warning> warnings(Json json) {
        List<BackupRecord.Warning> warnings = new ArrayList<>();
        for (Json warning : json.objects("warnings")) {
            warnings.add(
                    new BackupRecord.Warning(warning.text("path"), warning.numbers("pages"), warning.text("message")));
        }
        return warnings;
    }
}
