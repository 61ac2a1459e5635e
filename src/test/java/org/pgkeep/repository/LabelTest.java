package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.memory.MemoryStorage;

class LabelTest {
    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00.9Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);

    @Test
    void aLabelIsTheSecondAndTheType() {
        Instant start = Instant.parse("2026-11-21T20:30:00Z");
        for (BackupType type : BackupType.values()) {
            Label label = Label.of(start, type);
            assertThat(Label.parse(label.value())).contains(label);
            assertThat(label.start()).isEqualTo(start);
            assertThat(label.type()).isEqualTo(type);
        }
        assertThat(Label.of(start, BackupType.FULL)).hasToString("20261121-203000F");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20261121-203000",
                "20261121-203000X",
                "20261121-203000f",
                "20261121-203000FF",
                "20261321-203000F",
                "20260231-203000F",
                "20261121-243000F",
                "2026112 -203000F",
                "20261121_203000F"
            })
    void whatIsNoLabelIsNone(String text) {
        assertThat(Label.parse(text)).isEmpty();
    }

    @Test
    void backupsWithinASecondKeepApartAndInOrder() {
        List<Label> labels = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            labels.add(backup());
        }
        assertThat(labels)
                .extracting(Label::value)
                .startsWith("20261121-203000F", "20261121-203001F")
                .endsWith("20261121-203009F");
        clock.move(-45);
        assertThat(backup().value())
                .as("of a host whose clock is a little behind")
                .isEqualTo("20261121-203010F");
    }

    @Test
    void aClockThatRunsBackwardsIsAnErrorAndNoLabel() {
        backup();
        clock.move(-3600);
        assertThatThrownBy(this::backup)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOCK))
                .hasMessageContaining("2026-11-21T19:30:00Z")
                .hasMessageContaining("20261121-203000F");
        assertThat(cluster.backups()).hasSize(1);
        assertThat(cluster.attempts()).isEmpty();
    }

    private Label backup() {
        return TinyRepository.coldBackup(cluster, clock, Map.of("PG_VERSION", new byte[] {'1'}))
                .label();
    }
}
