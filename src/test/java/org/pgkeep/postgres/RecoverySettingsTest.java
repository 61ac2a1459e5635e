package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoverySettings.Action;
import org.pgkeep.postgres.RecoverySettings.Files;

final class RecoverySettingsTest {
    private static final RecoveryTimeline CURRENT = new RecoveryTimeline.Current();
    private static final Optional<String> COMMAND = Optional.of("pgkeep archive-get --cluster main %f \"%p\"");
    private static final String COMMAND_LINE = "restore_command = 'pgkeep archive-get --cluster main %f \"%p\"'\n";

    private static RecoverySettings to(RecoveryTarget target) {
        return new RecoverySettings(target, false, Action.PROMOTE, CURRENT, false, COMMAND, Optional.empty());
    }

    private static String text(Files files, String name) {
        byte[] bytes = files.write().get(name);
        assertThat(bytes).as(name).isNotNull();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void before12ThereIsOneFile() {
        Files files = to(new RecoveryTarget.Time(Instant.parse("2026-11-21T22:00:00.123456789Z")))
                .files(MajorVersion.V11, new byte[0]);
        assertThat(files.write()).containsOnlyKeys("recovery.conf");
        assertThat(text(files, "recovery.conf")).isEqualTo(COMMAND_LINE + """
                        recovery_target_time = '2026-11-21 22:00:00.123456+00'
                        recovery_target_inclusive = 'off'
                        recovery_target_action = 'promote'
                        """);
    }

    @Test
    void since12ThereAreSettingsAndASignal() {
        String autoConf = "# Do not edit\nwork_mem = '1MB'\nrecovery_target_name = 'old'\nRESTORE_COMMAND = 'cp'\n";
        Files files = to(new RecoveryTarget.AtLsn(Lsn.parse("0/3000028")))
                .files(MajorVersion.V17, autoConf.getBytes(StandardCharsets.UTF_8));
        assertThat(files.write().keySet()).containsExactly("postgresql.auto.conf", "recovery.signal");
        assertThat(text(files, "postgresql.auto.conf"))
                .isEqualTo(
                        "# Do not edit\nwork_mem = '1MB'\n" + COMMAND_LINE.replace("restore_command", "RESTORE_COMMAND")
                                + """
                        recovery_target_lsn = '0/3000028'
                        recovery_target_inclusive = 'off'
                        recovery_target_action = 'promote'
                        recovery_target_timeline = 'current'
                        """);
        assertThat(text(files, "recovery.signal")).isEmpty();
        assertThat(files.delete()).containsExactly("recovery.conf", "standby.signal");
    }

    @Test
    void aStandbyFollowsItsPrimary() {
        RecoverySettings settings = new RecoverySettings(
                new RecoveryTarget.Latest(),
                true,
                Action.PAUSE,
                new RecoveryTimeline.Latest(),
                true,
                Optional.empty(),
                Optional.of("host=/run application_name='a b'"));
        assertThat(text(settings.files(MajorVersion.V9_6, new byte[0]), "recovery.conf"))
                .isEqualTo("""
                        standby_mode = 'on'
                        primary_conninfo = 'host=/run application_name=''a b'''
                        recovery_target_timeline = 'latest'
                        """);
        Files files = settings.files(MajorVersion.V12, new byte[0]);
        assertThat(files.write().keySet()).containsExactly("postgresql.auto.conf", "standby.signal");
        assertThat(files.delete()).contains("recovery.signal");
        assertThat(text(files, "postgresql.auto.conf")).doesNotContain("standby_mode");
    }

    @ParameterizedTest
    @EnumSource
    void everyOtherTargetIsKnownToEveryVersion(MajorVersion version) {
        assertThat(to(new RecoveryTarget.Immediate()).settings(version))
                .containsEntry("recovery_target", "immediate")
                .doesNotContainKey("recovery_target_inclusive");
        assertThat(to(new RecoveryTarget.Xid(4294967299L)).settings(version))
                .containsEntry("recovery_target_xid", "4294967299");
        assertThat(to(new RecoveryTarget.Name("it's")).settings(version)).containsEntry("recovery_target_name", "it's");
        assertThat(to(new RecoveryTarget.Latest()).settings(version)).doesNotContainKey("recovery_target_action");
    }

    @Test
    void theTimelineIsStatedWhereTheDefaultIsAnother() {
        assertThat(to(new RecoveryTarget.Latest()).settings(MajorVersion.V11))
                .doesNotContainKey("recovery_target_timeline");
        RecoverySettings exact = new RecoverySettings(
                new RecoveryTarget.Latest(),
                true,
                Action.PROMOTE,
                new RecoveryTimeline.Exactly(-1),
                false,
                COMMAND,
                Optional.empty());
        assertThat(exact.settings(MajorVersion.V11)).containsEntry("recovery_target_timeline", "4294967295");
    }

    @Test
    void anLsnIsRefusedBefore10() {
        assertThatThrownBy(() -> to(new RecoveryTarget.AtLsn(Lsn.parse("0/1"))).files(MajorVersion.V9_6, new byte[0]))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VERSION_UNSUPPORTED));
    }

    @Test
    void recoveryWithoutWalToFetchIsRefused() {
        assertThatThrownBy(() -> new RecoverySettings(
                        new RecoveryTarget.Latest(),
                        true,
                        Action.PAUSE,
                        CURRENT,
                        false,
                        Optional.empty(),
                        Optional.empty()))
                .isInstanceOf(PgkeepException.class);
    }
}
