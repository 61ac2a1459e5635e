package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.ConfigurationText;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.RecoveryTimeline;

class OwnConfigurationTest {
    private static final RecoverySettings LATEST = settings(false, new RecoveryTarget.Latest());

    private static RecoverySettings settings(boolean standby, RecoveryTarget target) {
        return new RecoverySettings(
                target,
                true,
                RecoverySettings.Action.PAUSE,
                new RecoveryTimeline.Latest(),
                standby,
                Optional.of("cp"),
                Optional.empty());
    }

    private static OwnConfiguration own(String main, String auto) {
        return new OwnConfiguration(
                ConfigurationText.parse(main.getBytes(StandardCharsets.UTF_8)),
                ConfigurationText.parse(auto.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void usuallyNothingIsInTheWay() {
        String usual = "shared_buffers = 1GB\n#recovery_min_apply_delay = 4h\nrecovery_min_apply_delay = 0\n";
        assertThat(own(usual, "recovery_target_time = 'removed before'\n").corrections(LATEST, MajorVersion.V17))
                .isEmpty();
    }

    @Test
    void theDelayOfADelayedStandbyHoldsNoOtherRecoveryUp() {
        OwnConfiguration own = own("recovery_min_apply_delay = '4h'\n", "");
        assertThat(own.corrections(LATEST, MajorVersion.V12)).isEqualTo(Map.of("recovery_min_apply_delay", "0"));
        assertThat(own("", "recovery_min_apply_delay = 3600s\n").corrections(LATEST, MajorVersion.V18))
                .containsOnlyKeys("recovery_min_apply_delay");
        assertThat(own("recovery_min_apply_delay = 4h\n", "recovery_min_apply_delay = '0s'\n")
                        .corrections(LATEST, MajorVersion.V18))
                .isEmpty();
        assertThat(own.corrections(settings(true, new RecoveryTarget.Latest()), MajorVersion.V17))
                .as("a standby keeps it")
                .isEmpty();
        assertThat(own.corrections(LATEST, MajorVersion.V11))
                .as("from recovery.conf")
                .isEmpty();
    }

    @Test
    void targetsThatAnEarlierRecoveryLeftAreNoneOfThisOne() {
        OwnConfiguration own = own("recovery_target_time = '2020-01-01'\nrecovery_target_name = x\n", "");
        assertThat(own.corrections(LATEST, MajorVersion.V17))
                .isEqualTo(Map.of("recovery_target_time", "", "recovery_target_name", ""));
        assertThat(own.corrections(settings(false, new RecoveryTarget.Name("y")), MajorVersion.V17))
                .isEqualTo(Map.of("recovery_target_time", ""));
        RecoverySettings xid = settings(false, new RecoveryTarget.Xid(700));
        assertThat(own("recovery_target_inclusive = off\n", "").corrections(xid, MajorVersion.V17))
                .as("the transaction that was asked for is to be there")
                .isEqualTo(Map.of("recovery_target_inclusive", "on"));
        assertThat(own("recovery_target_inclusive = Tr\n", "").corrections(xid, MajorVersion.V17))
                .isEmpty();
    }
}
