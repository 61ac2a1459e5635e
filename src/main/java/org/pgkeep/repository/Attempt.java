package org.pgkeep.repository;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code attempts/<label>.json}: a backup that runs, or was cut off. Its heartbeat tells which.
 *
 * @param heartbeat when its owner last said that it lives
 */
public record Attempt(Label label, Owner owner, Instant started, Instant heartbeat) {
    static final int FORMAT = 1;

    byte[] print() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("label", label);
        fields.put("host", owner.host());
        fields.put("process", owner.process());
        fields.put("id", owner.id());
        fields.put("started", started);
        fields.put("heartbeat", heartbeat);
        return Json.print(fields);
    }

    static Attempt parse(byte[] bytes, String location) {
        Json json = Json.parse(bytes, location, FORMAT);
        return new Attempt(
                json.label("label"),
                new Owner(json.text("host"), json.number("process"), json.text("id")),
                json.instant("started"),
                json.instant("heartbeat"));
    }

    /** Whether its owner has been silent for longer than a lease lasts. */
    public boolean isDead(Instant now) {
        return heartbeat.plus(Leases.TERM_DEFAULT).isBefore(now);
    }
}
