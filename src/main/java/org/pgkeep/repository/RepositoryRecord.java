package org.pgkeep.repository;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.codec.seal.DataKey;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;

/**
 * {@code repository.json}: what makes a place a repository. Never sealed itself; written once, but for the envelopes of a sealed one.
 *
 * @param id random, so that two repositories are never taken for each other
 * @param envelopes the data key, if the repository is sealed
 */
record RepositoryRecord(String id, Instant created, Optional<Envelopes> envelopes) {
    static final int FORMAT = 1;

    /** Where it is. */
    static final ObjectName NAME = new ObjectName("repository.json");

    private static final String UNSEALED = "none";
    private static final String SEALED = "aes-256-gcm";

    /** Of a repository that is not sealed. */
    byte[] print() {
        Map<String, Object> fields = fields();
        fields.put("sealing", UNSEALED);
        return Json.print(fields);
    }

    /** Of a sealed one. */
    byte[] print(DataKey key) {
        Envelopes sealing = envelopes.orElseThrow();
        Map<String, Object> fields = fields();
        fields.put("sealing", SEALED);
        fields.put("keyId", sealing.keyId());
        fields.put("generation", sealing.generation());
        fields.put("envelopes", sealing.fields());
        fields.put("mac", RecordMac.NO_MAC);
        return RecordMac.sign(Json.print(fields), key);
    }

    private Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("id", id);
        fields.put("created", created);
        return fields;
    }

    static RepositoryRecord parse(byte[] bytes, String location) {
        Json json = Json.parse(bytes, location, FORMAT);
        Optional<Envelopes> envelopes = switch (json.text("sealing")) {
            case UNSEALED -> Optional.empty();
            case SEALED -> Optional.of(Envelopes.parse(json));
            default ->
                throw new PgkeepException(
                        ErrorCode.TOO_NEW,
                        location + " is of a repository that is sealed with '" + json.text("sealing") + "'",
                        "Use a newer pgkeep with this repository.");
        };
        return new RepositoryRecord(json.text("id"), json.instant("created"), envelopes);
    }
}
