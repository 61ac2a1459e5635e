package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;
import org.pgkeep.verify.Verify;

/** Breaks every step of an upgrade: the record is as it was or has one entry more, and to run it again leads there. */
class SuccessionCrashTest {
    private static final long NEW = 4711;
    private static final String NEWER = "18";

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");

    @ParameterizedTest
    @EnumSource(names = {"FAIL", "FAIL_AFTER", "CRASH", "CRASH_AFTER"})
    void anUpgradeBrokenAtAnyStepIsDoneOrNot(FaultyStorage.Fault fault) {
        boolean fired = true;
        int broken = 0;
        for (int at = 1; fired; at++) {
            MemoryStorage storage = filled();
            FaultyStorage faulty = new FaultyStorage(storage, fault, at, 1);
            broken += run(faulty) ? 0 : 1;
            fired = faulty.fired();
            assertThat(versions(storage)).as(faulty.toString()).isIn(List.of("17"), List.of("17", NEWER));
            Verify.Result found = new Verify(Repository.open(storage, clock), clock, Progress.SILENT)
                    .run(Verify.Request.look(true, true, 1));
            assertThat(found.isDamaged()).as("%s: %s", faulty, found.findings()).isFalse();
            // A lease of a process that died on another host runs out.
            clock.move(61);
            assertThat(run(storage)).as(faulty.toString()).isTrue();
            assertThat(versions(storage)).as(faulty.toString()).containsExactly("17", NEWER);
        }
        assertThat(broken).isGreaterThan(2);
    }

    @Test
    void theNewOneIsTheCurrentOneAndTheOldOnesWalIsApart() {
        MemoryStorage storage = filled();
        assertThat(run(storage)).isTrue();
        ClusterStore cluster = cluster(storage);
        cluster.assertIs(NEW, NEWER);
        assertThatThrownBy(() -> cluster.assertIs(TinyRepository.SYSTEM_IDENTIFIER, "17"))
                .isInstanceOfSatisfying(
                        PgkeepException.class,
                        e -> assertThat(e.hint().orElseThrow()).contains("'pgkeep upgrade --cluster main'"));
        assertThat(cluster.wal().location()).endsWith("/wal/2");
        assertThat(cluster.record().of(TinyRepository.SYSTEM_IDENTIFIER).map(ClusterRecord.History::id))
                .contains(1);
        assertThat(cluster.backups()).hasSize(1);
    }

    @Test
    void onlyASuccessorSucceeds() {
        MemoryStorage storage = filled();
        assertRefused(storage, 99, "16", "pg_upgrade does not go back");
        assertRefused(storage, TinyRepository.SYSTEM_IDENTIFIER, "18", "not of a successor");
        assertThat(run(storage)).isTrue();
        assertRefused(storage, TinyRepository.SYSTEM_IDENTIFIER, "17", "entry 1 of its history: not of a successor");
        assertThat(versions(storage)).containsExactly("17", NEWER);
    }

    private void assertRefused(Storage storage, long systemIdentifier, String version, String words) {
        try (Lease lease = cluster(storage).leases().takeNow(Work.UPGRADE, TinyRepository.OWNER, _ -> {})) {
            assertThatThrownBy(() -> cluster(storage).succession().add(systemIdentifier, version, lease))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLUSTER_MISMATCH))
                    .hasMessageContaining(words);
        }
    }

    private boolean run(Storage storage) {
        try {
            ClusterStore cluster = cluster(storage);
            try (Lease lease = cluster.leases().takeNow(Work.UPGRADE, TinyRepository.OWNER, _ -> {})) {
                ClusterRecord _ = cluster.succession().add(NEW, NEWER, lease);
            }
            return true;
        } catch (PgkeepException | FaultyStorage.Crash e) {
            return false;
        }
    }

    private List<String> versions(Storage storage) {
        return cluster(storage).record().history().stream()
                .map(ClusterRecord.History::majorVersion)
                .toList();
    }

    private ClusterStore cluster(Storage storage) {
        return Repository.open(storage, clock).cluster(TinyRepository.MAIN);
    }

    private MemoryStorage filled() {
        MemoryStorage storage = new MemoryStorage();
        BackupRecord _ =
                TinyRepository.coldBackup(TinyRepository.cluster(storage, clock), clock, TinyRepository.files(1));
        return storage;
    }
}
