package org.pgkeep.cli;

import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.pgkeep.backup.Backup;
import org.pgkeep.backup.BackupRequest;
import org.pgkeep.backup.BackupResult;
import org.pgkeep.backup.Remarks;
import org.pgkeep.backup.change.Way;
import org.pgkeep.codec.Compression;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.Storage;
import org.pgkeep.units.Durations;

/** {@code pgkeep backup}. */
final class BackupCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.BACKUP,
                        "Takes a backup of a cluster while its server runs: starts backup mode, copies the data directory and"
                                + " all tablespaces with parallel workers, checks every page on the way, stops backup mode, and"
                                + " waits until all WAL that the backup needs is in the repository. Only then the backup exists.",
                        "The first backup is a full one; the next ones read and store only the blocks that changed since the last"
                                + " backup, unless --type or --base says otherwise. Every backup can be restored by itself,"
                                + " however many came before it, and stays whole when others are deleted.",
                        "It runs on the server's host, as a user who can read the data directory, usually postgres, with a role that"
                                + " may start a backup. It needs WAL archiving into the same repository; 'pgkeep init' says how.",
                        "A backup that was cut off is resumed by the next one: blocks that it stored and that are the same now are not"
                                + " stored again. Nothing of it counts before that: a backup exists when it is complete, or not at all.",
                        "Afterwards it removes what the policies of retention do not keep, as 'pgkeep expire' does, unless"
                                + " --no-expire says otherwise.",
                        "--copy-to brings it into other repositories, too, as it is stored: the cluster is read once.",
                        "A page that fails its checksum does not stop the backup: it is stored as it is, recorded with file and"
                                + " block, shown by 'pgkeep info', and the exit status is " + ErrorCode.EXIT_WARNINGS
                                + ".")
                .withExample(
                        "pgkeep backup --pgdata /var/lib/postgresql/17/main --repo-path /backup",
                        "backs up without any configuration file")
                .withExample(
                        "pgkeep backup --cluster sales --jobs 4 --compress zstd:3", "backs up a configured cluster")
                .withExample("pgkeep backup --type full", "stores everything anew")
                .withExample(
                        "pgkeep backup --name before-upgrade --note 'the last one of 15' --ttl 90d",
                        "names the backup, says what it is for, and pins it for 90 days")
                .withExample("pgkeep backup --offline --pgdata DIR --repo-path DIR", "backs up a stopped cluster")
                .withStatus(
                        ErrorCode.EXIT_WARNINGS,
                        "The backup was taken, and has warnings such as damaged pages, or it could not be copied with --copy-to, or the"
                                + " expire after it failed.")
                .withStatus(ErrorCode.CONNECT, "The server cannot be reached.")
                .withStatus(ErrorCode.BACKUP_INTERRUPTED, "The server left backup mode; nothing was stored.")
                .withStatus(ErrorCode.ARCHIVING, "WAL does not reach the repository; nothing was stored.")
                .withStatus(ErrorCode.HELD, "Another backup of this cluster is running, or other work on it.")
                .withStatus(ErrorCode.CONFLICT, "Another backup has the name; nothing was stored.")
                .withStatus(
                        ErrorCode.BASE_UNUSABLE,
                        "The backup asked for with --base, or the way with --changes, cannot be used.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        BackupType type = type(settings);
        Remarks remarks = RemarkText.of(settings);
        List<Settings> others = FurtherCopy.others(settings);
        Apart.require(settings, settings.require(Options.PGDATA));
        try (Storage storage = invocation.backends().storageOrNew(settings)) {
            return run(invocation, storage, type, remarks, others);
        }
    }

    private static int run(
            Invocation invocation, Storage storage, BackupType type, Remarks remarks, List<Settings> others) {
        Settings settings = invocation.settings();
        boolean fresh = !Repository.isOn(storage);
        if (fresh && !settings.get(Options.OFFLINE)) {
            requireNeverArchived(invocation, storage);
        }
        try (Repository repository = Repository.openOrCreate(
                        storage, invocation.backends().clock(), new Keys(settings))
                .withLeaseTerm(settings.get(Options.LEASE_TERM))) {
            if (fresh) {
                invocation
                        .progress()
                        .warn("there was no repository at " + repository.location()
                                + ": made a new one; if there should be" + " one, its file system may not be mounted");
            }
            BackupRequest request = request(
                    settings,
                    Jobs.of(settings, invocation.progress()),
                    type,
                    settings.find(Options.BASE).map(text -> Labels.of(repository, settings, text)),
                    remarks);
            Backup backup = new Backup(repository, invocation.backends().clock(), invocation.progress());
            BackupResult result =
                    settings.get(Options.OFFLINE) ? backup.offline(request) : online(invocation, backup, request);
            List<FurtherCopy> copies = FurtherCopy.after(
                    invocation, others, repository, result.record().label());
            Expiry expiry = Expiry.after(invocation, repository);
            print(invocation, result, repository.location(), copies, expiry);
            boolean failed = expiry.failed() || copies.stream().anyMatch(FurtherCopy::failed);
            return result.hasWarnings() || failed ? ErrorCode.EXIT_WARNINGS : 0;
        }
    }

    /**
     * Where a server already archived by pgkeep there is a repository, and if it is not here, then its file system is not mounted. A new one
     * in its place would take the WAL that the other lacks then.
     */
    private static void requireNeverArchived(Invocation invocation, Storage storage) {
        ConnectionSettings connection = invocation.backends().connection(invocation.settings(), invocation.progress());
        try (ServerSession session = ServerSession.open(connection, "backup", invocation.progress())) {
            boolean byPgkeep = session.facts()
                    .archiveCommand()
                    .map(command -> command.contains(CommandName.ARCHIVE_PUSH.text()))
                    .orElse(false);
            Optional<String> archived = session.archiverStatus().lastArchived();
            if (byPgkeep && archived.isPresent()) {
                throw new PgkeepException(
                        ErrorCode.REPOSITORY_MISSING,
                        "there is no repository at " + Repository.locationOf(storage)
                                + ", but the server has archived WAL by pgkeep, " + archived.get() + " last",
                        "Check that its file system is mounted. If a new repository is what you want, 'pgkeep init' makes one.");
            }
        }
    }

    private static BackupRequest request(
            Settings settings, int jobs, BackupType type, Optional<Label> base, Remarks remarks) {
        return new BackupRequest(
                new ClusterName(settings.cluster()),
                settings.require(Options.PGDATA),
                type,
                base,
                Way.ofWord(settings.get(Options.CHANGES)),
                jobs,
                Compression.parse(settings.get(Options.COMPRESSION)),
                settings.get(Options.PACK_SIZE),
                settings.find(Options.EXCLUDE).orElse(List.of()),
                settings.get(Options.START_FAST),
                settings.get(Options.ARCHIVE_CHECK),
                BackupWal.ofWord(settings.get(Options.BACKUP_WAL)).orElseThrow(),
                settings.get(Options.ARCHIVE_TIMEOUT),
                settings.get(Options.PAGE_CHECKS),
                settings.get(Options.RESUME),
                settings.get(Options.WAIT),
                settings.get(Options.TEMPORARY),
                Version.current().version(),
                remarks);
    }

    private static BackupType type(Settings settings) {
        BackupType type = BackupType.ofWord(settings.get(Options.BACKUP_TYPE)).orElseThrow();
        if (type == BackupType.FULL && settings.find(Options.BASE).isPresent()) {
            throw new PgkeepException(
                    ErrorCode.USAGE, "a full backup has no base", "Give either --type full or --base, not both.");
        }
        return type;
    }

    private static BackupResult online(Invocation invocation, Backup backup, BackupRequest request) {
        ConnectionSettings connection = invocation.backends().connection(invocation.settings(), invocation.progress());
        try (ServerSession session = open(invocation, connection, request)) {
            return backup.online(request, session);
        }
    }

    /** Where no server runs in the data directory, the way out is another than for one that cannot be reached. */
    private static ServerSession open(Invocation invocation, ConnectionSettings connection, BackupRequest request) {
        try {
            return ServerSession.open(connection, "backup", invocation.progress());
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.CONNECT
                    && !Files.exists(request.dataDirectory().resolve("PG_VERSION"))) {
                throw new PgkeepException(
                                ErrorCode.PATH_MISSING,
                                request.dataDirectory() + " is not a data directory: it has no PG_VERSION; and "
                                        + e.getMessage(),
                                "Give the cluster's data directory with --pgdata; SHOW data_directory tells it.")
                        .causedBy(e);
            }
            boolean stopped = Files.isDirectory(request.dataDirectory())
                    && !Files.exists(request.dataDirectory().resolve("postmaster.pid"));
            if (e.code() != ErrorCode.CONNECT || !stopped) {
                throw e;
            }
            throw new PgkeepException(
                            ErrorCode.CONNECT,
                            String.valueOf(e.getMessage()),
                            "No server runs in " + request.dataDirectory()
                                    + ": start it, or take a cold backup with --offline.")
                    .causedBy(e);
        }
    }

    private static void print(
            Invocation invocation, BackupResult result, String repository, List<FurtherCopy> copies, Expiry expiry) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("cluster", invocation.settings().cluster());
                json.writeStringField("repository", repository);
                json.writeObjectFieldStart("backup");
                BackupJson.write(json, result.record());
                json.writeEndObject();
                json.writeNumberField("copyMillis", result.copying().toMillis());
                json.writeNumberField("walWaitMillis", result.waitingForWal().toMillis());
                json.writeArrayFieldStart("copies");
                for (FurtherCopy copy : copies) {
                    copy.write(json);
                }
                json.writeEndArray();
                expiry.write(json);
            });
            return;
        }
        Sheet sheet = new Sheet("backup " + result.record().label() + " of cluster '"
                + invocation.settings().cluster() + "'");
        sheet.fact("repository", repository);
        BackupText.addTo(sheet, result.record());
        sheet.fact(
                "took",
                Durations.print(result.copying()) + " to copy, " + Durations.print(result.waitingForWal())
                        + " to wait for WAL");
        sheet.facts("copied", copies.stream().map(FurtherCopy::sentence).toList());
        sheet.fact("expired", expiry.sentence());
        sheet.print(invocation.out());
    }
}
