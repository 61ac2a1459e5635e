package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Validation;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

class BaseChoiceTest {
    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final Storage storage = new MemoryStorage(clock);
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);
    private final Label older = backup();
    private final Label newer = backup();

    private Label backup() {
        clock.move(60);
        return TinyRepository.coldBackup(cluster, clock, Map.of("PG_VERSION", new byte[] {'1'}))
                .label();
    }

    private Optional<Label> choose(Optional<Label> named) {
        Lsn now = TinyRepository.STOP.plus(1);
        return new BaseChoice(cluster, TimelineHistory.of(1), now, now, Progress.SILENT)
                .choose(BackupType.INCREMENTAL, named)
                .map(BackupRecord::label);
    }

    private void markDamaged(Label label) {
        BackupMark _ = cluster.marks()
                .change(
                        label,
                        mark -> mark.withValidation(Validation.damaged(
                                clock.instant(), Validation.Depth.SCRUB, List.of("frame 0 is damaged"))));
    }

    @Test
    void noBackupBuildsOnADamagedOne() {
        assertThat(choose(Optional.empty())).contains(newer);
        markDamaged(newer);
        assertThat(choose(Optional.empty())).contains(older);
        assertThatThrownBy(() -> choose(Optional.of(newer)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContainingAll(newer.value(), "frame 0 is damaged");
        markDamaged(older);
        assertThat(choose(Optional.empty())).as("a full one").isEmpty();
    }

    @Test
    void aMarkThatCannotBeReadKeepsNoBackupFromBeingTaken() {
        markDamaged(newer);
        TinyRepository.flip(storage, new ObjectName("clusters/main/marks/" + newer + ".json"), 40);
        assertThat(choose(Optional.empty())).contains(newer);
    }
}
