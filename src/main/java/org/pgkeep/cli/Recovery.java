package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.RecoveryTimeline;

/** What the options of restore say about recovery. */
final class Recovery {
    private Recovery() {}

    /**
     * The recovery that is asked for.
     *
     * @throws PgkeepException {@code USAGE} when the options contradict each other or are not what they should be
     */
    static RecoverySettings of(Settings settings) {
        RecoveryTarget target = target(settings);
        boolean exclusive = settings.get(Options.TARGET_EXCLUSIVE);
        if (exclusive && !target.canBeExclusive()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "--target-exclusive means nothing for this target",
                    "It goes with --target-time, --target-lsn and --target-xid.");
        }
        if (settings.find(Options.PRIMARY_CONNINFO).isPresent() && !settings.get(Options.STANDBY)) {
            throw new PgkeepException(ErrorCode.USAGE, "--primary-conninfo needs --standby");
        }
        boolean archive = settings.get(Options.FROM_ARCHIVE);
        if (!archive) {
            requireWithinBackup(settings, target);
        }
        return new RecoverySettings(
                target,
                !exclusive,
                RecoverySettings.Action.valueOf(
                        settings.get(Options.TARGET_ACTION).toUpperCase(Locale.ROOT)),
                archive ? timeline(settings.get(Options.TARGET_TIMELINE)) : new RecoveryTimeline.Current(),
                settings.get(Options.STANDBY),
                archive ? restoreCommand(settings) : withoutArchive(settings),
                settings.find(Options.PRIMARY_CONNINFO));
    }

    private static Optional<String> restoreCommand(Settings settings) {
        return settings.find(Options.RESTORE_COMMAND).or(() -> Optional.of(OwnCommand.restoreCommand(settings)));
    }

    /** A primary's recovery needs a command; that of POSIX which always says "not there" has it look into {@code pg_wal}. */
    private static Optional<String> withoutArchive(Settings settings) {
        return settings.get(Options.STANDBY) ? Optional.empty() : Optional.of("false");
    }

    private static void requireWithinBackup(Settings settings, RecoveryTarget target) {
        boolean within = target instanceof RecoveryTarget.Latest || target instanceof RecoveryTarget.Immediate;
        if (!within || !settings.get(Options.TARGET_TIMELINE).equals("latest")) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "--no-archive leads to the end of a backup and nowhere else",
                    "Leave out the target, or restore with the archive.");
        }
        if (settings.find(Options.RESTORE_COMMAND).isPresent()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "--no-archive and a restore command contradict each other",
                    "Leave out one of them; the configuration may have restore-command, too.");
        }
    }

    /**
     * The target that is asked about, if there is one; what is to be done there does not matter.
     *
     * @throws PgkeepException {@code USAGE} when the options contradict each other or are not what they should be
     */
    static Optional<RecoverySettings> asked(Settings settings) {
        RecoveryTarget target = target(settings);
        RecoveryTimeline timeline = timeline(settings.get(Options.TARGET_TIMELINE));
        return target instanceof RecoveryTarget.Latest && timeline instanceof RecoveryTimeline.Latest
                ? Optional.empty()
                : Optional.of(new RecoverySettings(
                        target,
                        true,
                        RecoverySettings.Action.PAUSE,
                        timeline,
                        false,
                        Optional.of(OwnCommand.restoreCommand(settings)),
                        Optional.empty()));
    }

    private static RecoveryTarget target(Settings settings) {
        List<RecoveryTarget> targets = new ArrayList<>();
        settings.find(Options.TARGET_TIME).ifPresent(time -> targets.add(new RecoveryTarget.Time(time.toInstant())));
        settings.find(Options.TARGET_LSN).ifPresent(lsn -> targets.add(new RecoveryTarget.AtLsn(Lsn.parse(lsn))));
        settings.find(Options.TARGET_XID).ifPresent(xid -> targets.add(new RecoveryTarget.Xid(xid(xid))));
        settings.find(Options.TARGET_NAME).ifPresent(name -> targets.add(new RecoveryTarget.Name(name)));
        settings.find(Options.TARGET).ifPresent(_ -> targets.add(new RecoveryTarget.Immediate()));
        if (targets.size() > 1) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "more than one recovery target",
                    "Give one of --target-time, --target-lsn, --target-xid, --target-name and --target.");
        }
        return targets.isEmpty() ? new RecoveryTarget.Latest() : targets.getFirst();
    }

    private static long xid(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw notA(Options.TARGET_XID, text, "a transaction's number, such as 4711")
                    .causedBy(e);
        }
    }

    private static RecoveryTimeline timeline(String text) {
        return switch (text) {
            case "latest" -> new RecoveryTimeline.Latest();
            case "current" -> new RecoveryTimeline.Current();
            default -> new RecoveryTimeline.Exactly(timelineNumber(text));
        };
    }

    private static int timelineNumber(String text) {
        try {
            int number = Integer.parseUnsignedInt(text);
            if (number != 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw notA(Options.TARGET_TIMELINE, text, "latest, current or a timeline's number")
                    .causedBy(e);
        }
        throw notA(Options.TARGET_TIMELINE, text, "latest, current or a timeline's number");
    }

    private static PgkeepException notA(Option<?> option, String text, String allowed) {
        return new PgkeepException(ErrorCode.USAGE, option + " must be " + allowed + ", not '" + text + "'");
    }
}
