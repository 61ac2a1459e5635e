package org.pgkeep.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ConfigurationText;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.RecoverySettings;

/**
 * What comes back with the backup in {@code postgresql.conf} and {@code postgresql.auto.conf} and would make another recovery of the one that was
 * asked for. Since version 12 PostgreSQL takes its settings from there. Files that these include are not looked at, nor any outside the data
 * directory.
 */
record OwnConfiguration(ConfigurationText main, ConfigurationText auto) {
    private static final String DELAY = "recovery_min_apply_delay";

    private static final String INCLUSIVE = "recovery_target_inclusive";

    private static final List<String> TARGETS = List.of(
            "recovery_target",
            "recovery_target_time",
            "recovery_target_lsn",
            "recovery_target_xid",
            "recovery_target_name");

    /** That of a data directory. */
    static OwnConfiguration of(Path dataDirectory) {
        return new OwnConfiguration(
                read(dataDirectory.resolve("postgresql.conf")), read(dataDirectory.resolve("postgresql.auto.conf")));
    }

    private static ConfigurationText read(Path file) {
        try {
            return ConfigurationText.parse(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return ConfigurationText.empty();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }

    /**
     * What has to be set otherwise, by name: a delayed standby's delay, which holds any archive recovery up ({@code recoveryApplyDelay}, {@code
     * xlogrecovery.c}), and targets that an earlier recovery left.
     */
    Map<String, String> corrections(RecoverySettings wanted, MajorVersion version) {
        Map<String, String> corrections = new LinkedHashMap<>();
        if (version.usesRecoveryConf()) {
            return corrections;
        }
        if (!wanted.standby()
                && value(DELAY).filter(delay -> !delay.matches("0[a-z]*")).isPresent()) {
            corrections.put(DELAY, "0");
        }
        boolean excluded = main.get(INCLUSIVE).filter(value -> !isTrue(value)).isPresent();
        if (wanted.target().canBeExclusive() && wanted.inclusive() && excluded) {
            corrections.put(INCLUSIVE, "on");
        }
        TARGETS.stream()
                .filter(name -> !wanted.settings(version).containsKey(name))
                .filter(name -> main.get(name).filter(value -> !value.isEmpty()).isPresent())
                .forEach(name -> corrections.put(name, ""));
        return corrections;
    }

    /** As the server reads a boolean ({@code parse_bool}, {@code utils/adt/bool.c}): any beginning of these words. */
    private static boolean isTrue(String value) {
        String word = value.toLowerCase(Locale.ROOT);
        return !word.isEmpty()
                && ("true".startsWith(word) || "yes".startsWith(word) || word.equals("on") || word.equals("1"));
    }

    /** What the server would read; the second file counts more. */
    Optional<String> value(String name) {
        return auto.get(name).or(() -> main.get(name));
    }
}
