package org.pgkeep.postgres;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * What a restored cluster is told about its recovery, and the files that tell it so in each version: {@code recovery.conf}
 * before 12; settings in {@code postgresql.auto.conf} and a signal file since (documentation, "Archive Recovery").
 *
 * @param inclusive also replay what is exactly at the target, where that can be told apart
 * @param action at the target; without a target PostgreSQL always promotes
 * @param standby follow the primary for ever, instead of ending recovery
 * @param restoreCommand fetches a segment; a must but for a standby
 * @param primaryConninfo of a standby
 */
public record RecoverySettings(
        RecoveryTarget target,
        boolean inclusive,
        Action action,
        RecoveryTimeline timeline,
        boolean standby,
        Optional<String> restoreCommand,
        Optional<String> primaryConninfo) {
    private static final String AUTO_CONF = "postgresql.auto.conf";
    private static final String RECOVERY_CONF = "recovery.conf";
    private static final String RECOVERY_SIGNAL = "recovery.signal";
    private static final String STANDBY_SIGNAL = "standby.signal";

    /** Every server reads this form, whatever its time zone and DateStyle. */
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss.SSSSSS'+00'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** What the server does when it reached the target ({@code recovery_target_action}). */
    public enum Action {
        PAUSE,
        PROMOTE,
        SHUTDOWN
    }

    /**
     * Files to make of a restored cluster before it starts, relative to the data directory.
     *
     * @param write files with their whole content
     * @param delete files that must not be there
     */
    public record Files(Map<String, byte[]> write, List<String> delete) {}

    public RecoverySettings {
        if (!standby && restoreCommand.isEmpty()) {
            throw new PgkeepException(ErrorCode.USAGE, "recovery without a restore command needs a standby");
        }
    }

    /**
     * The files that tell a server of this version. Targets and timelines that older recoveries left in
     * {@code postgresql.auto.conf} are removed from it.
     *
     * @param autoConf content of {@code postgresql.auto.conf}, empty when there is none
     * @throws PgkeepException {@code VERSION_UNSUPPORTED} when the version does not know the target
     */
    public Files files(MajorVersion version, byte[] autoConf) {
        Map<String, String> settings = settings(version);
        if (version.usesRecoveryConf()) {
            ConfigurationText text = ConfigurationText.empty();
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                text = text.set(setting.getKey(), setting.getValue());
            }
            return new Files(Map.of(RECOVERY_CONF, text.bytes()), List.of(RECOVERY_SIGNAL, STANDBY_SIGNAL));
        }
        ConfigurationText text = ConfigurationText.parse(autoConf).removeIf(name -> name.startsWith("recovery_target"));
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            text = text.set(setting.getKey(), setting.getValue());
        }
        Map<String, byte[]> write = new LinkedHashMap<>();
        write.put(AUTO_CONF, text.bytes());
        write.put(standby ? STANDBY_SIGNAL : RECOVERY_SIGNAL, new byte[0]);
        return new Files(write, List.of(RECOVERY_CONF, standby ? RECOVERY_SIGNAL : STANDBY_SIGNAL));
    }

    /** Names and values, in the order in which people read them. */
    public Map<String, String> settings(MajorVersion version) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (standby && version.usesRecoveryConf()) {
            settings.put("standby_mode", "on");
        }
        restoreCommand.ifPresent(command -> settings.put("restore_command", command));
        primaryConninfo.ifPresent(conninfo -> settings.put("primary_conninfo", conninfo));
        putTarget(settings, version);
        if (target.canBeExclusive() && !inclusive) {
            settings.put("recovery_target_inclusive", "off");
        }
        if (!(target instanceof RecoveryTarget.Latest)) {
            settings.put("recovery_target_action", action.name().toLowerCase(Locale.ROOT));
        }
        timelineValue(version).ifPresent(value -> settings.put("recovery_target_timeline", value));
        return settings;
    }

    private void putTarget(Map<String, String> settings, MajorVersion version) {
        switch (target) {
            case RecoveryTarget.Latest _ -> {}
            case RecoveryTarget.Immediate _ -> settings.put("recovery_target", "immediate");
            case RecoveryTarget.Time(var time) -> settings.put("recovery_target_time", TIMESTAMP.format(time));
            case RecoveryTarget.AtLsn(var lsn) -> {
                if (!version.hasLsnTarget()) {
                    throw new PgkeepException(
                            ErrorCode.VERSION_UNSUPPORTED,
                            "PostgreSQL " + version.text() + " cannot recover to an LSN",
                            "Use a time, a transaction id or a restore point; PostgreSQL 10 and later know LSNs.");
                }
                settings.put("recovery_target_lsn", lsn.toString());
            }
            case RecoveryTarget.Xid(var xid) -> settings.put("recovery_target_xid", Long.toUnsignedString(xid));
            case RecoveryTarget.Name(var name) -> settings.put("recovery_target_name", name);
        }
    }

    /** Before 12 the current timeline was the default and had no name. */
    private Optional<String> timelineValue(MajorVersion version) {
        return switch (timeline) {
            case RecoveryTimeline.Current _ ->
                version.defaultsToLatestTimeline() ? Optional.of("current") : Optional.empty();
            case RecoveryTimeline.Latest _ -> Optional.of("latest");
            case RecoveryTimeline.Exactly(var number) -> Optional.of(Integer.toUnsignedString(number));
        };
    }
}
