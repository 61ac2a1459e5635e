package org.pgkeep.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ConfigurationText;

/**
 * The exit status of a {@code restore_command} that failed. PostgreSQL takes any status from 1 to 125 for "this file is not in the
 * archive" ({@code RestoreArchivedFile}, {@code access/transam/xlogarchive.c}): in archive recovery it would then end recovery where
 * the repository could not be read, open the cluster on a new timeline, and lose everything after. A status above 125 makes it stop
 * instead. A standby asks again after any status up to 125, which is what it should do while the repository is out of reach.
 */
public final class RecoveryExit {
    /** Added to a code's status in archive recovery. Above 128 + 31, so that none looks like a signal's. */
    public static final int OFFSET = 180;

    /** 128 + SIGTERM: PostgreSQL understands that it is shutting down itself. */
    public static final int TERMINATED = 143;

    private RecoveryExit() {}

    /**
     * The status for an error.
     *
     * @param directory the data directory, where PostgreSQL calls {@code restore_command}: the working directory
     */
    public static int status(ErrorCode code, Path directory) {
        if (!isArchiveRecovery(directory)) {
            return code.exitStatus();
        }
        return code == ErrorCode.TERMINATED ? TERMINATED : OFFSET + code.exitStatus();
    }

    /** Whether the cluster in this directory will be opened when the archive ends; a standby waits instead. */
    static boolean isArchiveRecovery(Path directory) {
        if (Files.exists(directory.resolve("standby.signal"))) {
            return false;
        }
        return Files.exists(directory.resolve("recovery.signal")) || isRecoveryConf(directory.resolve("recovery.conf"));
    }

    /** Before 12 one file told both kinds. When it cannot be read, stopping is safer than ending recovery. */
    private static boolean isRecoveryConf(Path file) {
        if (!Files.exists(file)) {
            return false;
        }
        try {
            return ConfigurationText.parse(Files.readAllBytes(file))
                    .get("standby_mode")
                    .map(value -> !isOn(value))
                    .orElse(true);
        } catch (IOException | PgkeepException e) {
            return true;
        }
    }

    /** {@code parse_bool}: any beginning of {@code true} and {@code yes}, {@code on}, {@code 1}, in any case. */
    private static boolean isOn(String value) {
        String text = value.toLowerCase(Locale.ROOT);
        return !text.isEmpty()
                && ("true".startsWith(text) || "yes".startsWith(text) || text.equals("on") || text.equals("1"));
    }
}
