package org.pgkeep.cli;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.Throttle;
import org.pgkeep.storage.layer.ThrottledStorage;
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
                        "Says what is missing, cut off or altered, which backups that affects, and what to do. Notes on each"
                                + " backup whether it is sound; restore passes damaged ones over, and retention does not count"
                                + " them. --no-mark leaves no trace, and a repository that cannot be written is verified all the"
                                + " same. May run beside backups.",
                        "A sealed repository is verified without its key, if none is given and not --deep: that every stored byte is"
                                + " as it was written. With the key, everything above.",
                        "With a target it answers whether that can be restored, without restoring: which backup and which WAL"
                                + " lead there, through timelines, whether all of it is there and sound; or what is missing, and the"
                                + " nearest moments that can be reached.",
                        "Without --cluster all clusters are verified, unless the configuration names just one.")
                .withExample("pgkeep verify --repo-path /backup", "verifies everything in /backup")
                .withExample(
                        "pgkeep verify --cluster sales --backup 20261121-203000F --deep",
                        "proves one backup to the last block")
                .withExample(
                        "pgkeep verify --older-than 30d",
                        "reads what was not verified in the last 30 days: run it daily, and each day reads a part")
                .withExample("pgkeep verify --deep --rate-limit 50MiB", "goes gently about it")
                .withExample(
                        "pgkeep verify --target-time '2026-11-21 14:05:00+01'",
                        "says whether that moment can be restored, and proves the backup and the WAL that lead there")
                .withStatus(ErrorCode.EXIT_WARNINGS, "Nothing is broken, but something deserves a look.")
                .withStatus(ErrorCode.DAMAGED, "Something is missing or altered.")
                .withStatus(ErrorCode.TARGET_UNREACHABLE, "No backup and WAL lead to the target.")
                .withStatus(ErrorCode.BACKUP_UNKNOWN, "There is no backup of this label or name.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        Optional<String> backup = settings.find(Options.BACKUP_LABEL);
        Optional<RecoverySettings> target = Recovery.asked(settings);
        if (target.isPresent()) {
            return check(invocation, backup, target.get());
        }
        return isWithoutKey(invocation, backup) ? scrub(invocation, backup) : verify(invocation, backup);
    }

    private static int verify(Invocation invocation, Optional<String> backup) {
        Settings settings = invocation.settings();
        try (Repository repository = invocation.repository(storage(invocation))) {
            Verify.Request request = request(invocation, backup.map(text -> Labels.of(repository, settings, text)));
            Verify.Result result =
                    new Verify(repository, invocation.backends().clock(), invocation.progress()).run(request);
            return VerifyText.print(invocation, result, repository.location());
        }
    }

    private static Verify.Request request(Invocation invocation, Optional<Label> label) {
        Settings settings = invocation.settings();
        Instant now = invocation.backends().clock().instant();
        boolean oneCluster = settings.clusterIsChosen() || label.isPresent();
        return new Verify.Request(
                oneCluster ? Optional.of(new ClusterName(settings.cluster())) : Optional.empty(),
                label,
                settings.get(Options.DEEP),
                settings.find(Options.WAL).orElse(true),
                Set.of(),
                settings.find(Options.OLDER_THAN).map(now::minus),
                mayMark(invocation),
                Jobs.of(settings, invocation.progress()));
    }

    private static boolean mayMark(Invocation invocation) {
        Settings settings = invocation.settings();
        boolean wanted = settings.get(Options.MARK);
        if (wanted && !Root.mayWrite(settings)) {
            invocation
                    .progress()
                    .warn(
                            "what is found is not noted, as with --no-mark: the server's user could not read what root writes; run it as"
                                    + " that user, or add --allow-root if the repository is root's");
        }
        return wanted && Root.mayWrite(settings);
    }

    private static int check(Invocation invocation, Optional<String> backup, RecoverySettings target) {
        Settings settings = invocation.settings();
        try (Repository repository = invocation.repository(storage(invocation))) {
            Optional<Label> label = backup.map(text -> Labels.of(repository, settings, text));
            TargetCheck check = new TargetCheck(
                    repository,
                    repository.cluster(new ClusterName(settings.cluster())),
                    invocation.backends().clock(),
                    invocation.progress());
            TargetAnswer answer = check.run(target, label, request(invocation, label));
            return VerifyText.print(invocation, answer, repository.location());
        }
    }

    /** Nobody is asked for a key that is not needed; names are sealed, and so is when something was verified. */
    private static boolean isWithoutKey(Invocation invocation, Optional<String> backup) {
        boolean byName = backup.filter(text -> Label.parse(text).isEmpty()).isPresent();
        Settings settings = invocation.settings();
        if (settings.get(Options.DEEP)
                || settings.find(Options.OLDER_THAN).isPresent()
                || byName
                || new Keys(settings).isGiven()) {
            return false;
        }
        try (Storage storage = invocation.backends().storage(settings)) {
            return Repository.isSealed(storage);
        }
    }

    private static int scrub(Invocation invocation, Optional<String> backup) {
        Verify.Request request = request(invocation, backup.flatMap(Label::parse));
        try (Storage storage = storage(invocation)) {
            Verify.Result result = new Scrub(storage, invocation.progress()).run(request);
            return VerifyText.print(invocation, result, Repository.locationOf(storage));
        }
    }

    /** Read as fast as it may be. */
    private static Storage storage(Invocation invocation) {
        Storage storage = invocation.backends().storage(invocation.settings());
        return invocation
                .settings()
                .find(Options.RATE_LIMIT)
                .<Storage>map(rate -> new ThrottledStorage(storage, new Throttle(rate)))
                .orElse(storage);
    }
}
