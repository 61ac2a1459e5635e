package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.Storage;
import org.pgkeep.units.ByteCount;
import org.pgkeep.verify.Finding;
import org.pgkeep.verify.Scrub;
import org.pgkeep.verify.Verify;

/** {@code pgkeep verify}. */
final class VerifyCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.VERIFY,
                        "Reads what the repository holds and proves it: every backup's record and manifest, every pack and frame by"
                                + " its hash, that every block of every file is where the manifest says, and every archived WAL"
                                + " file. With --deep the data is expanded as well, and every block and file compared with its hash.",
                        "Says what is missing, cut off or altered, which backups that affects, and what to do. Writes nothing, and"
                                + " may run beside backups.",
                        "A sealed repository is verified without its key, if none is given and not --deep: that every stored byte is"
                                + " as it was written. With the key, everything above.",
                        "Without --cluster all clusters are verified, unless the configuration names just one.")
                .withExample("pgkeep verify --repo-path /backup", "verifies everything in /backup")
                .withExample(
                        "pgkeep verify --cluster sales --backup 20261121-203000F --deep",
                        "proves one backup to the last block")
                .withStatus(ErrorCode.EXIT_WARNINGS, "Nothing is broken, but something deserves a look.")
                .withStatus(ErrorCode.DAMAGED, "Something is missing or altered.")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        Optional<String> backup = settings.find(Options.BACKUP_LABEL);
        return isWithoutKey(invocation, backup) ? scrub(invocation, backup) : verify(invocation, backup);
    }

    private static int verify(Invocation invocation, Optional<String> backup) {
        Settings settings = invocation.settings();
        try (Repository repository = invocation.repository()) {
            Verify.Request request = request(settings, backup.map(text -> Labels.of(repository, settings, text)));
            Verify.Result result = new Verify(repository, invocation.progress()).run(request);
            return print(invocation, result, repository.location());
        }
    }

    private static Verify.Request request(Settings settings, Optional<Label> label) {
        boolean oneCluster = settings.clusterIsChosen() || label.isPresent();
        return new Verify.Request(
                oneCluster ? Optional.of(new ClusterName(settings.cluster())) : Optional.empty(),
                label,
                settings.get(Options.DEEP),
                settings.find(Options.WAL).orElse(true),
                settings.get(Options.JOBS));
    }

    /** Nobody is asked for a key that is not needed; names are sealed. */
    private static boolean isWithoutKey(Invocation invocation, Optional<String> backup) {
        boolean byName = backup.filter(text -> Label.parse(text).isEmpty()).isPresent();
        Settings settings = invocation.settings();
        if (settings.get(Options.DEEP) || byName || new Keys(settings).isGiven()) {
            return false;
        }
        try (Storage storage = invocation.backends().storage(settings)) {
            return Repository.isSealed(storage);
        }
    }

    private static int scrub(Invocation invocation, Optional<String> backup) {
        Verify.Request request = request(invocation.settings(), backup.flatMap(Label::parse));
        try (Storage storage = invocation.backends().storage(invocation.settings())) {
            Verify.Result result = new Scrub(storage, invocation.progress()).run(request);
            return print(invocation, result, Repository.locationOf(storage));
        }
    }

    private static int print(Invocation invocation, Verify.Result result, String location) {
        int status = status(result);
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> write(json, result, location, status));
        } else {
            printText(invocation, result, location);
        }
        return status;
    }

    private static int status(Verify.Result result) {
        if (result.isDamaged()) {
            return ErrorCode.DAMAGED.exitStatus();
        }
        boolean warns = result.findings().stream().anyMatch(finding -> finding.severity() == Finding.Severity.WARNING);
        return warns ? ErrorCode.EXIT_WARNINGS : 0;
    }

    private static void printText(Invocation invocation, Verify.Result result, String location) {
        for (Finding finding : result.findings()) {
            String severity = switch (finding.severity()) {
                case ERROR -> "ERROR    ";
                case WARNING -> "warning  ";
                case NOTE -> "note     ";
            };
            invocation.out().println(severity + finding.object() + ": " + finding.message());
            if (!finding.backups().isEmpty()) {
                invocation.out().println("         affects " + joined(finding));
            }
            finding.hint().ifPresent(hint -> invocation.out().println("         HINT: " + hint));
        }
        Verify.Counts counts = result.counts();
        Sheet sheet = new Sheet(result.isDamaged() ? location + " is DAMAGED" : location + " is sound");
        sheet.fact("errors", Long.toString(result.errors()));
        sheet.fact("backups", Long.toString(counts.backups()));
        sheet.fact(
                "packs", BackupText.count(counts.packs(), "pack") + ", " + BackupText.count(counts.frames(), "frame"));
        sheet.fact("files", Long.toString(counts.files()));
        sheet.fact("WAL files", Long.toString(counts.walFiles()));
        sheet.fact("read", ByteCount.print(counts.storedBytes()));
        sheet.print(invocation.out());
    }

    private static String joined(Finding finding) {
        StringBuilder text = new StringBuilder();
        for (Label label : finding.backups()) {
            text.append(text.isEmpty() ? "" : ", ").append(label);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Verify.Result result, String location, int status)
            throws IOException {
        json.writeStringField("repository", location);
        json.writeNumberField("status", status);
        json.writeNumberField("errors", result.errors());
        json.writeArrayFieldStart("findings");
        for (Finding finding : result.findings()) {
            json.writeStartObject();
            json.writeStringField("severity", finding.severity().name().toLowerCase(Locale.ROOT));
            json.writeStringField("object", finding.object());
            json.writeStringField("message", finding.message());
            json.writeArrayFieldStart("backups");
            for (Label label : finding.backups()) {
                json.writeString(label.toString());
            }
            json.writeEndArray();
            if (finding.hint().isPresent()) {
                json.writeStringField("hint", finding.hint().get());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectFieldStart("read");
        json.writeNumberField("backups", result.counts().backups());
        json.writeNumberField("packs", result.counts().packs());
        json.writeNumberField("frames", result.counts().frames());
        json.writeNumberField("files", result.counts().files());
        json.writeNumberField("walFiles", result.counts().walFiles());
        json.writeNumberField("storedBytes", result.counts().storedBytes());
        json.writeEndObject();
    }
}
