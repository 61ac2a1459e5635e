package org.pgkeep.repository;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code fence.json}: work on a cluster was stopped ({@code docs/formats/fence.md}).
 *
 * @param user who stopped it, as the operating system calls them
 * @param owner from where
 * @param reason in that person's words
 */
public record Fence(String user, Owner owner, Instant since, Optional<String> reason) {
    static final int FORMAT = 1;

    byte[] print() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("user", user);
        fields.put("host", owner.host());
        fields.put("process", owner.process());
        fields.put("id", owner.id());
        fields.put("since", since);
        reason.ifPresent(words -> fields.put("reason", words));
        return Json.print(fields);
    }

    static Fence parse(byte[] bytes, String location) {
        Json json = Json.parse(bytes, location, FORMAT);
        return new Fence(
                json.text("user"),
                new Owner(json.text("host"), json.number("process"), json.text("id")),
                json.instant("since"),
                json.optionalText("reason"));
    }

    /** Who and when, and why if it is known. */
    @Override
    public String toString() {
        return user + " on " + owner.host() + " at " + since
                + reason.map(words -> ": " + words).orElse("");
    }
}
