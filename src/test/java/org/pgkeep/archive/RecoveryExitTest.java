package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;

class RecoveryExitTest {
    @TempDir
    private Path directory;

    /** PostgreSQL stops above 125; 129 to 159 would look like a signal, and 143 has a meaning of its own. */
    @ParameterizedTest
    @EnumSource
    void inArchiveRecoveryEveryFailureStopsPostgres(ErrorCode code) throws IOException {
        Files.createFile(directory.resolve("recovery.signal"));
        int status = RecoveryExit.status(code, directory);
        if (code == ErrorCode.TERMINATED) {
            assertThat(status).isEqualTo(128 + 15);
        } else {
            assertThat(status).isBetween(160, 255).isEqualTo(180 + code.exitStatus());
        }
    }

    @Test
    void aStandbyAsksAgain() throws IOException {
        Files.createFile(directory.resolve("standby.signal"));
        assertThat(RecoveryExit.status(ErrorCode.STORAGE, directory)).isEqualTo(40);
    }

    @Test
    void withBothSignalsItIsAStandby() throws IOException {
        Files.createFile(directory.resolve("standby.signal"));
        Files.createFile(directory.resolve("recovery.signal"));
        assertThat(RecoveryExit.status(ErrorCode.STORAGE, directory)).isEqualTo(40);
    }

    @Test
    void elsewhereTheStatusIsPlain() {
        assertThat(RecoveryExit.status(ErrorCode.DAMAGED, directory)).isEqualTo(33);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "restore_command = 'x'", "standby_mode = off", "standby_mode = 'false'", "#standby_mode = on"
            })
    void before12ARecoveryConfIsArchiveRecovery(String content) throws IOException {
        Files.writeString(directory.resolve("recovery.conf"), content + "\n");
        assertThat(RecoveryExit.status(ErrorCode.DAMAGED, directory)).isEqualTo(213);
    }

    @ParameterizedTest
    @ValueSource(strings = {"standby_mode = on", "STANDBY_MODE='yes'", "standby_mode = 'TRUE'", "standby_mode 1"})
    void before12ARecoveryConfMayBeAStandbys(String content) throws IOException {
        Files.writeString(directory.resolve("recovery.conf"), "restore_command = 'x'\n" + content + "\n");
        assertThat(RecoveryExit.status(ErrorCode.DAMAGED, directory)).isEqualTo(33);
    }
}
