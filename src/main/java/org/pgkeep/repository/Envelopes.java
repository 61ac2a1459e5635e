package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.codec.seal.Argon2id;
import org.pgkeep.codec.seal.DataKey;
import org.pgkeep.codec.seal.Envelope;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The envelopes of a sealed repository ({@code docs/formats/sealing.md}).
 *
 * @param keyId of the data key in them all
 * @param generation one more with every change
 * @param list ascending by id, not empty
 */
record Envelopes(String keyId, long generation, List<Envelope> list) {
    static final int MAX = 16;

    Envelopes {
        list = List.copyOf(list);
    }

    /** An envelope that opened, and what was in it. */
    record Opened(DataKey key, Envelope by) {}

    /** Tries those that this secret may open; empty when none does. */
    Optional<Opened> open(Secret secret, String repositoryId) {
        for (Envelope envelope : list) {
            Optional<DataKey> key = envelope.open(secret, repositoryId);
            // What opens must also be the key: so nobody can make an envelope that opens with many secrets and tells
            // which.
            if (key.isPresent() && key.get().idText().equals(keyId)) {
                return Optional.of(new Opened(key.get(), envelope));
            }
        }
        return Optional.empty();
    }

    /** The id of an envelope that is added now: no other has or had it. */
    int nextId() {
        return Math.toIntExact(generation + 1);
    }

    /** The same list with something else in it. */
    Envelopes with(List<Envelope> others) {
        return new Envelopes(keyId, generation + 1, others);
    }

    /** What opens it, for people. */
    static String told(List<Envelope> envelopes) {
        List<String> texts = new ArrayList<>();
        for (Envelope envelope : envelopes) {
            String name = envelope.name().isEmpty() ? "" : " '" + envelope.name() + "'";
            texts.add("the " + envelope.kind().word() + name + " of envelope " + envelope.id());
        }
        return String.join(" or ", texts);
    }

    List<Map<String, Object>> fields() {
        return list.stream().map(Envelopes::fields).toList();
    }

    private static Map<String, Object> fields(Envelope envelope) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", envelope.id());
        fields.put("kind", envelope.kind().word());
        fields.put("name", envelope.name());
        fields.put("created", envelope.created());
        if (envelope.kind() instanceof Envelope.Kind.Passphrase(Argon2id cost)) {
            fields.put("memoryKib", cost.memoryKib());
            fields.put("passes", cost.passes());
            fields.put("lanes", cost.lanes());
        }
        fields.put("salt", envelope.salt());
        fields.put("wrapped", envelope.wrapped());
        return fields;
    }

    static Envelopes parse(Json json) {
        List<Envelope> list = new ArrayList<>();
        for (Json envelope : json.objects("envelopes")) {
            list.add(envelope(envelope));
        }
        if (list.isEmpty() || list.size() > MAX) {
            throw json.wrong("envelopes");
        }
        return new Envelopes(json.text("keyId"), json.number("generation"), list);
    }

    private static Envelope envelope(Json json) {
        Envelope.Kind kind = switch (json.text("kind")) {
            case "passphrase" -> new Envelope.Kind.Passphrase(cost(json));
            case "key-file" -> new Envelope.Kind.KeyFile();
            default ->
                throw new PgkeepException(
                        ErrorCode.TOO_NEW,
                        json.location() + " has an envelope of unknown kind '" + json.text("kind") + "'",
                        "Use a newer pgkeep with this repository.");
        };
        return new Envelope(
                json.integer("id"),
                kind,
                json.text("name"),
                json.instant("created"),
                json.hex("salt", Envelope.SALT_BYTES),
                json.hex("wrapped", Envelope.WRAPPED_BYTES));
    }

    private static Argon2id cost(Json json) {
        int memoryKib = json.integer("memoryKib");
        int passes = json.integer("passes");
        int lanes = json.integer("lanes");
        if (!Argon2id.isAllowed(memoryKib, passes, lanes)) {
            throw json.wrong("memoryKib");
        }
        return new Argon2id(memoryKib, passes, lanes);
    }
}
