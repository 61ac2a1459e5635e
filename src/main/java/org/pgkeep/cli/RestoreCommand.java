package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Mapping;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;
import org.pgkeep.restore.ArchiveMode;
import org.pgkeep.restore.Delta;
import org.pgkeep.restore.DeltaReport;
import org.pgkeep.restore.ManifestChecksum;
import org.pgkeep.restore.Relocation;
import org.pgkeep.restore.Restore;
import org.pgkeep.restore.RestoreRequest;
import org.pgkeep.restore.RestoreResult;
import org.pgkeep.restore.WalFrom;
import org.pgkeep.units.ByteCount;
import org.pgkeep.units.Durations;

/** {@code pgkeep restore}. */
final class RestoreCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.RESTORE,
                        "Writes a cluster's data directory and tablespaces from a backup, and tells PostgreSQL how to recover:"
                                + " started there, the server fetches archived WAL up to the target, or to the end.",
                        "The backup is the newest that leads to the target, unless --backup names one. A time or an LSN that none can reach is"
                                + " refused before anything is touched. One that verify marked as damaged, or that lacks a pack, is passed over, and refused when it is"
                                + " named, unless --allow-damaged is given or another repository has it whole. The target directories must be empty or absent; --force"
                                + " removes an old data directory first, and --delta goes over one of the same cluster and writes only"
                                + " what differs. pg_control is written last: PostgreSQL cannot start what an"
                                + " interrupted restore left, and the same command run again completes it.",
                        "Where the configuration has several repositories and none is chosen, the first is restored from, and what is damaged"
                                + " or missing there is taken from a copy of the backup in another, if there is one: 'pgkeep copy'.",
                        "Every block is checked against its hash on the way. backup_manifest is written for PostgreSQL's own"
                                + " pg_verifybackup.")
                .withExample(
                        "pgkeep restore -D /var/lib/postgresql/17/new --repo-path /backup", "restores the latest state")
                .withExample(
                        "pgkeep restore -D DIR --target-time '2026-11-21 20:30:00+01' --target-action promote",
                        "restores the state of a moment and opens the cluster there")
                .withExample(
                        "pgkeep restore -D DIR -T fast=/ssd/fast -T 16400=/mnt/old",
                        "puts two tablespaces elsewhere, one by name, one by OID")
                .withExample(
                        "pgkeep restore -D DIR --standby --primary-conninfo 'host=db1 user=replicator'",
                        "makes a standby of db1")
                .withExample(
                        "pgkeep restore -D DIR --archive-mode off",
                        "makes a copy that leaves the original's archive alone when it is opened for writing")
                .withExample(
                        "pgkeep restore -D /var/lib/postgresql/17/main --delta --target-time '2026-11-21 20:30:00+01'",
                        "turns a stopped cluster back in its own directory, writing only blocks that differ")
                .withExample(
                        "pgkeep restore -D /var/lib/postgresql/17/copy --no-archive",
                        "restores the newest backup that holds its WAL; the server there needs no repository")
                .withStatus(ErrorCode.PATH_NOT_EMPTY, "A target directory is not empty; nothing was touched.")
                .withStatus(ErrorCode.SERVER_RUNNING, "A server runs in the target directory; nothing was touched.")
                .withStatus(
                        ErrorCode.CLUSTER_MISMATCH,
                        "--delta found another cluster in the target directory; nothing was touched.")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no such backup, or none at all; nothing was touched.")
                .withStatus(ErrorCode.TARGET_UNREACHABLE, "No backup leads to the target; nothing was touched.")
                .withStatus(
                        ErrorCode.DAMAGED,
                        "Stored data is damaged; nothing was touched if the backup was marked so, else what was written cannot be"
                                + " started.")
                .withStatus(ErrorCode.DISK_FULL, "No space; what was written cannot be started.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        RestoreRequest request = request(settings, Jobs.of(settings, invocation.progress()));
        try (Repository repository = invocation.repository();
                OtherRepositories others = new OtherRepositories(invocation)) {
            RestoreRequest chosen = settings.find(Options.BACKUP_LABEL)
                    .map(backup -> request.withBackup(Labels.of(repository, settings, backup)))
                    .orElse(request);
            RestoreResult result = new Restore(
                            repository.cluster(new ClusterName(settings.cluster())),
                            others.all(),
                            invocation.progress(),
                            invocation.backends().clock())
                    .run(chosen);
            if (walFrom(settings) == WalFrom.ARCHIVE && repository.isSealed() && !new Keys(settings).isLasting()) {
                invocation
                        .progress()
                        .warn(
                                "the server has no key for the repository, whose passphrase was typed or comes from the environment: set"
                                        + " PGKEEP_REPO_PASSPHRASE where it is started, or restore with --passphrase-file or --key-file; else it"
                                        + " gets no WAL and does not recover");
            }
            if (invocation.json()) {
                printJson(invocation, result);
            } else {
                printText(invocation, result);
            }
        }
        return 0;
    }

    /** A link to a data directory is one's usual name for it. */
    private static Path target(Settings settings) {
        Path given = settings.require(Options.PGDATA);
        Apart.require(settings, given);
        return Files.isSymbolicLink(given) && Files.isDirectory(given) ? Apart.real(given) : given;
    }

    private static RestoreRequest request(Settings settings, int jobs) {
        RestoreRequest request = RestoreRequest.of(
                        target(settings), Recovery.of(settings), jobs, settings.get(Options.TEMPORARY))
                .withForce(settings.get(Options.FORCE))
                .withDelta(Delta.valueOf(settings.get(Options.DELTA).toUpperCase(Locale.ROOT)))
                .withDryRun(settings.get(Options.DRY_RUN))
                .withArchiveMode(
                        ArchiveMode.valueOf(settings.get(Options.ARCHIVE_MODE).toUpperCase(Locale.ROOT)))
                .withRelocation(relocation(settings))
                .withManifestChecksum(ManifestChecksum.valueOf(settings.get(Options.MANIFEST_CHECKSUMS)));
        return request.withWanted(
                request.wanted().withWal(walFrom(settings)).withDamagedToo(settings.get(Options.ALLOW_DAMAGED)));
    }

    private static WalFrom walFrom(Settings settings) {
        if (!settings.get(Options.FROM_ARCHIVE)) {
            return WalFrom.BACKUP;
        }
        return settings.find(Options.RESTORE_COMMAND).isPresent() ? WalFrom.ELSEWHERE : WalFrom.ARCHIVE;
    }

    private static Relocation relocation(Settings settings) {
        return new Relocation(
                paths(settings, Options.TABLESPACE_MAP),
                settings.find(Options.TABLESPACE_MAP_ALL),
                paths(settings, Options.LINK_MAP),
                settings.get(Options.LINK_ALL));
    }

    private static Map<String, Path> paths(Settings settings, Option<List<Mapping>> option) {
        Map<String, Path> paths = new LinkedHashMap<>();
        for (Mapping mapping : settings.find(option).orElse(List.of())) {
            if (paths.put(mapping.from(), Path.of(mapping.to())) != null) {
                throw new PgkeepException(ErrorCode.USAGE, option + " maps '" + mapping.from() + "' twice");
            }
        }
        return paths;
    }

    private static void printText(Invocation invocation, RestoreResult result) {
        String verb = result.dryRun() ? " would be restored from backup " : " restored from backup ";
        Sheet sheet = new Sheet("cluster '" + invocation.settings().cluster() + "'" + verb
                + result.backup().label());
        sheet.facts(
                "directories", result.directories().stream().map(Path::toString).toList());
        sheet.fact("size", new ByteCount(result.bytes()) + " in " + BackupText.count(result.files(), "file"));
        result.delta().ifPresent(delta -> addDelta(sheet, delta));
        sheet.fact("took", Durations.print(result.duration()));
        sheet.facts(
                "recovery",
                result.settings().entrySet().stream()
                        .map(setting -> setting.getKey() + " = '" + setting.getValue() + "'")
                        .toList());
        sheet.facts("written", result.written());
        sheet.print(invocation.out());
        invocation.out().println();
        invocation
                .out()
                .println(
                        result.dryRun()
                                ? "Nothing was touched."
                                : "Next: start the server there; it recovers and says in its log when it is done."
                                        + (invocation
                                                        .settings()
                                                        .get(Options.ARCHIVE_MODE)
                                                        .equals("preserve")
                                                ? "\nIt archives as the original did. If that one goes on: --archive-mode off, for two servers"
                                                        + " must not archive into one cluster."
                                                : ""));
    }

    private static void addDelta(Sheet sheet, DeltaReport delta) {
        sheet.fact("compared", blocks(delta.comparedBlocks()));
        if (delta.trustedBlocks() > 0) {
            sheet.fact("trusted", blocks(delta.trustedBlocks()) + " by their LSN");
        }
        sheet.fact("written", blocks(delta.writtenBlocks()));
        sheet.fact(
                "fetched",
                new ByteCount(delta.fetchedBytes()) + " of " + new ByteCount(delta.storedBytes())
                        + " in the repository");
        sheet.fact("removed", BackupText.count(delta.removedFiles(), "file"));
    }

    private static String blocks(long count) {
        return BackupText.count(count, "block") + " of 8 KiB";
    }

    private static void printJson(Invocation invocation, RestoreResult result) {
        JsonOutput.print(invocation.out(), json -> {
            json.writeStringField("cluster", invocation.settings().cluster());
            json.writeStringField("backup", result.backup().label().toString());
            json.writeNumberField("files", result.files());
            json.writeNumberField("bytes", result.bytes());
            json.writeNumberField("millis", result.duration().toMillis());
            json.writeBooleanField("dryRun", result.dryRun());
            if (result.delta().isPresent()) {
                writeDelta(json, result.delta().get());
            }
            json.writeArrayFieldStart("directories");
            for (Path directory : result.directories()) {
                json.writeString(directory.toString());
            }
            json.writeEndArray();
            json.writeObjectFieldStart("recovery");
            for (Map.Entry<String, String> setting : result.settings().entrySet()) {
                json.writeStringField(setting.getKey(), setting.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("written");
            for (String file : result.written()) {
                json.writeString(file);
            }
            json.writeEndArray();
        });
    }

    private static void writeDelta(JsonGenerator json, DeltaReport delta) throws IOException {
        json.writeObjectFieldStart("delta");
        json.writeNumberField("comparedBlocks", delta.comparedBlocks());
        json.writeNumberField("trustedBlocks", delta.trustedBlocks());
        json.writeNumberField("writtenBlocks", delta.writtenBlocks());
        json.writeNumberField("storedBytes", delta.storedBytes());
        json.writeNumberField("fetchedBytes", delta.fetchedBytes());
        json.writeNumberField("removedFiles", delta.removedFiles());
        json.writeEndObject();
    }
}
