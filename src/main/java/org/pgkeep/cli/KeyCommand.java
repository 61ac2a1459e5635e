package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.pgkeep.codec.seal.Envelope;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.KeyRing;
import org.pgkeep.storage.Storage;

/** {@code pgkeep key}. */
final class KeyCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.KEY,
                        "Lists and changes what opens a sealed repository. Its data key is in one or more envelopes, each of which"
                                + " one secret opens: a passphrase or a key file. A change touches one envelope and nothing else,"
                                + " whatever the repository's size.",
                        "list needs no key. add makes another envelope, for a secret that --new-key-file (made if it is not there),"
                                + " --new-passphrase-file or --new-passphrase-command gives, or that is asked for at the terminal."
                                + " rotate replaces the envelope that opened the repository. remove takes one away; never the one"
                                + " that opened the repository, so that one whose secret is known always stays.",
                        "Who has seen a secret and a copy of repository.json can have the data key for ever: removing an envelope ends"
                                + " the use of its secret, and takes back nothing.")
                .withOperands("list|add|rotate|remove [ID]")
                .withExample("pgkeep key list", "lists the envelopes")
                .withExample(
                        "pgkeep key add --key-name recovery",
                        "asks for a passphrase that opens the repository beside the key file")
                .withExample(
                        "pgkeep key rotate --key-file old.key --new-key-file new.key",
                        "makes a new key file and its envelope, in place of the old one's")
                .withExample("pgkeep key remove 2 --dry-run", "says which envelope would go")
                .withStatus(ErrorCode.KEY_MISSING, "The repository is sealed, and no key was given.")
                .withStatus(ErrorCode.KEY_WRONG, "The key does not open the repository, or it is not sealed.")
                .withStatus(ErrorCode.CONFLICT, "Another process changed the envelopes at the same moment.");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 1, 2);
        Settings settings = invocation.settings();
        String action = operands.getFirst();
        if ((operands.size() == 2) != action.equals("remove")) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    action.equals("remove")
                            ? "remove needs the ID of an envelope"
                            : "unexpected '" + operands.get(1) + "'",
                    "Usage: " + page().synopsis());
        }
        Keys keys = new Keys(settings);
        try (Storage storage = invocation.backends().storage(settings)) {
            KeyRing ring = new KeyRing(storage, invocation.backends().clock(), keys);
            switch (action) {
                case "list" -> list(invocation, ring.list());
                case "add" -> changed(invocation, "added", ring.add(keys::forEnvelope, name(settings)), ring);
                case "rotate" -> changed(invocation, "replaced", ring.rotate(keys::forEnvelope), ring);
                case "remove" -> {
                    boolean dryRun = settings.get(Options.DRY_RUN);
                    String done = dryRun ? "would be removed" : "removed";
                    changed(invocation, done, ring.remove(id(operands.get(1)), dryRun), ring);
                }
                default ->
                    throw new PgkeepException(
                            ErrorCode.USAGE, "unknown action '" + action + "'", "Usage: " + page().synopsis());
            }
        }
        return 0;
    }

    private static String name(Settings settings) {
        return settings.find(Options.KEY_NAME).orElse("");
    }

    private static int id(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new PgkeepException(
                            ErrorCode.USAGE, "'" + text + "' is no envelope's ID", "'pgkeep key list' lists them.")
                    .causedBy(e);
        }
    }

    private static void list(Invocation invocation, KeyRing.Listing listing) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> write(json, listing));
            return;
        }
        new Sheet("envelopes of the sealed repository " + listing.repository())
                .fact("data key", listing.keyId())
                .fact("changed", (listing.generation() - 1) + " times")
                .print(invocation.out());
        invocation.out().println();
        Table table = new Table(">ID", "OPENS WITH", "NAME", "SINCE");
        for (Envelope envelope : listing.envelopes()) {
            table.row(
                    Integer.toString(envelope.id()),
                    envelope.kind().word(),
                    envelope.name().isEmpty() ? "-" : envelope.name(),
                    envelope.created().toString());
        }
        table.print(invocation.out());
    }

    private static void changed(Invocation invocation, String done, Envelope envelope, KeyRing ring) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("done", done);
                json.writeObjectFieldStart("envelope");
                write(json, envelope);
                json.writeEndObject();
                write(json, ring.list());
            });
            return;
        }
        String name = envelope.name().isEmpty() ? "" : " '" + envelope.name() + "'";
        invocation
                .out()
                .println("envelope " + envelope.id() + ", " + envelope.kind().word() + name + ": " + done
                        + (done.equals("replaced")
                                ? "\nNext: the configuration must name the new secret, wherever the repository is used: until then archiving"
                                        + " fails."
                                : ""));
        invocation.out().println();
        list(invocation, ring.list());
    }

    private static void write(JsonGenerator json, KeyRing.Listing listing) throws IOException {
        json.writeStringField("repository", listing.repository());
        json.writeStringField("keyId", listing.keyId());
        json.writeNumberField("generation", listing.generation());
        json.writeArrayFieldStart("envelopes");
        for (Envelope envelope : listing.envelopes()) {
            json.writeStartObject();
            write(json, envelope);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Envelope envelope) throws IOException {
        json.writeNumberField("id", envelope.id());
        json.writeStringField("kind", envelope.kind().word());
        json.writeStringField("name", envelope.name());
        json.writeStringField("created", envelope.created().toString());
    }
}
