package org.pgkeep.repository;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code repository.json}: what makes a place a repository. Written once, never changed.
 *
 * @param id random, so that two repositories are never taken for each other
 */
record RepositoryRecord(String id, Instant created) {
    static final int FORMAT = 1;

    byte[] print() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("id", id);
        fields.put("created", created);
        fields.put("sealing", "none");
        return Json.print(fields);
    }

    static RepositoryRecord parse(byte[] bytes, String location) {
        Json json = Json.parse(bytes, location, FORMAT);
        if (!json.text("sealing").equals("none")) {
            throw json.wrong("sealing");
        }
        return new RepositoryRecord(json.text("id"), json.instant("created"));
    }
}
