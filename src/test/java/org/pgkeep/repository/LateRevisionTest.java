package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

/** What becomes of a merge and of a compaction when another process was faster, after all looking and right before the write. */
class LateRevisionTest {
    private static final BackupNames NAMES = new BackupNames(TinyRepository.MAIN);
    private static final BackupRecord.Merged HOW =
            new BackupRecord.Merged(Instant.parse("2026-11-21T20:30:00Z"), List.of());

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);
    private final BackupRecord full = TinyRepository.coldBackup(cluster, clock, TinyRepository.files(1));
    private final BackupRecord increment = increment();

    private BackupRecord increment() {
        clock.move(60);
        Map<String, byte[]> files = new TreeMap<>(TinyRepository.files(1));
        files.put("base/5/16385", Objects.requireNonNull(TinyRepository.files(2).get("base/5/16385")));
        return TinyChain.backup(cluster, clock, BackupType.INCREMENTAL, full, false, files);
    }

    private ClusterStore through(Storage other) {
        return TinyRepository.cluster(other, clock);
    }

    private static Lease lease(ClusterStore of, Work work) {
        return of.leases().take(work, TinyRepository.OWNER, Leases.Patience.NONE);
    }

    @Test
    void aBackupThatWasDeletedMeanwhileIsNotBroughtBack() {
        ObjectName record = NAMES.backup(increment.label());
        ClusterStore late = through(new Interposed(
                storage,
                record.value(),
                () -> assertThat(storage.delete(record)).isTrue()));
        try (Lease lease = lease(late, Work.MERGE)) {
            assertThatThrownBy(() -> late.revision().merge(increment.label(), HOW, lease))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST))
                    .hasMessageContaining(record.value());
        }
        assertThat(storage.info(record)).isEmpty();
    }

    @Test
    void whoSleptThroughItsLeaseMergesNothing() {
        Lease lease = lease(cluster, Work.MERGE);
        clock.move(61);
        try (Lease _ = lease(cluster, Work.BACKUP)) {
            assertThatThrownBy(() -> cluster.revision().merge(increment.label(), HOW, lease))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
        }
        lease.close();
        assertThat(cluster.backup(increment.label())).isEqualTo(increment);
    }

    @Test
    void aPackThatWasRemovedMeanwhileIsNotBroughtBack() {
        boolean _ = storage.delete(NAMES.backup(full.label()));
        ObjectName pack = NAMES.pack(full.label(), 1);
        ClusterStore late = through(new Interposed(
                storage, pack.value(), () -> assertThat(storage.delete(pack)).isTrue()));
        assertConflict(late);
        assertThat(storage.info(pack)).isEmpty();
    }

    @Test
    void aPackThatAnotherCompactedMeanwhileStaysAsThatOneMadeIt() {
        boolean _ = storage.delete(NAMES.backup(full.label()));
        ObjectName pack = NAMES.pack(full.label(), 1);
        Runnable other = () -> {
            clock.move(61);
            try (Lease lease = lease(cluster, Work.COMPACT)) {
                compact(cluster, lease);
            }
        };
        ClusterStore late = through(new Interposed(storage, pack.value(), other));
        Lease slept = lease(late, Work.COMPACT);
        assertThatThrownBy(() -> compact(late, slept))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
        slept.close();
        try (PackReader reader = cluster.pack(full.label(), 1)) {
            assertThat(reader.frames()).anyMatch(Frame::isDropped).anyMatch(frame -> !frame.isDropped());
        }
        assertThat(TinyRepository.read(cluster, increment.label(), "base/5/16384"))
                .isEqualTo(TinyRepository.files(1).get("base/5/16384"));
    }

    private void assertConflict(ClusterStore late) {
        try (Lease lease = lease(late, Work.COMPACT)) {
            assertThatThrownBy(() -> compact(late, lease))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                    .hasMessageContaining("pack 1");
        }
    }

    /** Compacts the full backup's first pack. */
    private void compact(ClusterStore of, Lease lease) {
        Compaction compaction = of.compaction();
        Compaction.Survey survey = compaction.survey();
        Optional<Compaction.Pack> pack = survey.packs().stream()
                .filter(each -> each.label().equals(full.label()) && each.number() == 1)
                .findFirst();
        compaction.rewrite(survey, pack.orElseThrow(), lease, _ -> {});
    }
}
