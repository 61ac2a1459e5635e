package org.pgkeep.repository;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code cluster.json}: which database clusters this name stood for, one entry per system identifier, oldest first. A
 * {@code pg_upgrade} adds one.
 */
public record ClusterRecord(List<History> history) {
    static final int FORMAT = 1;

    public ClusterRecord {
        history = List.copyOf(history);
    }

    /**
     * One database cluster.
     *
     * @param id its number here, from 1; names its folder of WAL
     * @param systemIdentifier as in {@code pg_control}
     * @param majorVersion {@code "9.6"}, {@code "17"}
     */
    public record History(int id, long systemIdentifier, String majorVersion, Instant since) {
        /** Whether it is this database cluster. */
        boolean isOf(long identifier, String version) {
            return systemIdentifier == identifier && majorVersion.equals(version);
        }
    }

    /** The entry of the database cluster with this system identifier; empty when there was none. */
    public Optional<History> of(long systemIdentifier) {
        for (History entry : history) {
            if (entry.systemIdentifier == systemIdentifier) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** The one that backups and WAL are taken of now. */
    public History current() {
        return history.getLast();
    }

    byte[] print() {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (History entry : history) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", entry.id);
            fields.put("systemIdentifier", Long.toUnsignedString(entry.systemIdentifier));
            fields.put("version", entry.majorVersion);
            fields.put("since", entry.since);
            entries.add(fields);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("history", entries);
        return Json.print(fields);
    }

    static ClusterRecord parse(byte[] bytes, String location) {
        Json json = Json.parse(bytes, location, FORMAT);
        List<History> history = new ArrayList<>();
        for (Json entry : json.objects("history")) {
            history.add(new History(
                    entry.integer("id"),
                    entry.unsignedLong("systemIdentifier", 10),
                    entry.text("version"),
                    entry.instant("since")));
        }
        if (history.isEmpty()) {
            throw json.wrong("history");
        }
        return new ClusterRecord(history);
    }
}
