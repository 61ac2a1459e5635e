package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;
import org.pgkeep.verify.Verify;

/** Breaks every step of a forgetting: what is left is a cluster that is sound and stopped, or none, and to begin anew is to go on. */
class ForgettingCrashTest {
    private static final ClusterName OTHER = new ClusterName("other");

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");

    @ParameterizedTest
    @EnumSource(names = {"FAIL", "FAIL_AFTER", "CRASH", "CRASH_AFTER"})
    void aForgettingBrokenAtAnyStepIsCompletedByTheNext(FaultyStorage.Fault fault) {
        boolean fired = true;
        int broken = 0;
        for (int at = 1; fired; at++) {
            MemoryStorage storage = filled();
            List<ObjectName> others = names(storage, "clusters/other/");
            FaultyStorage faulty = new FaultyStorage(storage, fault, at, 1);
            broken += run(faulty) ? 0 : 1;
            fired = faulty.fired();
            assertSound(storage, faulty);
            // A lease of a process that died on another host runs out.
            clock.move(61);
            if (!names(storage, "clusters/main/").isEmpty()) {
                assertThat(run(storage)).as(faulty.toString()).isTrue();
            }
            assertThat(names(storage, "clusters/main/")).as(faulty.toString()).isEmpty();
            assertThat(names(storage, "clusters/other/")).as(faulty.toString()).isEqualTo(others);
        }
        assertThat(broken).isGreaterThan(15);
    }

    @Test
    void whatIsHalfForgottenIsToldFromWhatIsLost() {
        MemoryStorage storage = filled();
        BackupNames names = new BackupNames(TinyRepository.MAIN);
        ObjectName record = names.clusterRecord();
        assertThat(storage.delete(record)).isTrue();
        assertThatThrownBy(() -> Repository.open(storage, clock).cluster(TinyRepository.MAIN))
                .hasMessageContaining("the repository has lost what it knows of cluster 'main'");
        assertThat(storage.create(names.fence(), fence().print())).isTrue();
        assertThatThrownBy(() -> Repository.open(storage, clock).cluster(TinyRepository.MAIN))
                .as("a stopped cluster with backups lost its record")
                .hasMessageContaining("the repository has lost what it knows of cluster 'main'");
        names(storage, names.backups())
                .forEach(name -> assertThat(storage.delete(name)).isTrue());
        assertThatThrownBy(() -> Repository.open(storage, clock).cluster(TinyRepository.MAIN))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.hint()).contains("Go on with 'pgkeep forget main'."))
                .hasMessageContaining("was being forgotten");
    }

    @Test
    void forceTakesTheLeaseFromWhoHoldsIt() {
        MemoryStorage storage = filled();
        Repository repository = Repository.open(storage, clock).withLeaseTerm(Duration.ofMillis(100));
        Lease expire = repository.cluster(TinyRepository.MAIN).leases().takeNow(Work.EXPIRE, owner(), _ -> {});
        Freed all = repository.forgetting(TinyRepository.MAIN).all();
        Freed freed =
                repository.forgetting(TinyRepository.MAIN).run(TinyRepository.OWNER, fence(), true, 2, Duration.ZERO);
        assertThat(freed.objects()).as("with its fence").isEqualTo(all.objects() + 1);
        assertThatThrownBy(expire::assertHeld)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
        expire.close();
        assertThat(names(storage, "clusters/main/")).isEmpty();
        assertThatThrownBy(() -> repository.forgetting(TinyRepository.MAIN))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLUSTER_UNKNOWN));
    }

    /** As long as the cluster is known, everything that it still has can be restored; new work is refused. */
    private void assertSound(Storage storage, FaultyStorage faulty) {
        Repository repository = Repository.open(storage, clock);
        Optional<ClusterStore> cluster = repository.findCluster(TinyRepository.MAIN);
        List<ClusterName> known = repository.clusters();
        if (cluster.isPresent() || !known.contains(TinyRepository.MAIN)) {
            Verify.Result found =
                    new Verify(repository, clock, Progress.SILENT).run(Verify.Request.look(true, false, 1));
            assertThat(found.isDamaged()).as("%s: %s", faulty, found.findings()).isFalse();
        }
        if (cluster.isPresent() && cluster.get().backups().size() < 2) {
            assertThatThrownBy(() -> cluster.get().fencing().assertOpen())
                    .as(faulty.toString())
                    .isInstanceOf(PgkeepException.class);
        }
    }

    private boolean run(Storage storage) {
        try {
            Freed _ = Repository.open(storage, clock)
                    .forgetting(TinyRepository.MAIN)
                    .run(TinyRepository.OWNER, fence(), false, 1, Duration.ZERO);
            return true;
        } catch (PgkeepException | FaultyStorage.Crash e) {
            return false;
        }
    }

    private Fence fence() {
        return new Fence("postgres", TinyRepository.OWNER, clock.instant(), Optional.of("it goes"));
    }

    private static Owner owner() {
        return new Owner("otherhost", 12, "00000000-0000-0000-0000-000000000002");
    }

    private static List<ObjectName> names(Storage storage, String below) {
        return TinyRepository.names(storage).stream()
                .filter(name -> name.value().startsWith(below))
                .toList();
    }

    private MemoryStorage filled() {
        MemoryStorage storage = new MemoryStorage();
        ClusterStore cluster = TinyRepository.cluster(storage, clock);
        BackupRecord first = TinyRepository.coldBackup(cluster, clock, TinyRepository.files(1));
        clock.move(3600);
        BackupRecord _ = TinyRepository.backup(cluster, clock, TinyRepository.files(2), false, Compression.DEFAULT);
        BackupMark _ = cluster.marks().change(first.label(), mark -> mark.withNote(Optional.of("gone soon")));
        for (String name : List.of("000000010000000000000003-", "000000010000000000000004-")) {
            assertThat(storage.create(
                            new ObjectName("clusters/main/wal/1/0000000100000000/" + name + "0".repeat(32) + ".zst"),
                            new byte[100]))
                    .isTrue();
        }
        ClusterStore other = Repository.openOrCreate(storage, clock)
                .register(OTHER, TinyRepository.SYSTEM_IDENTIFIER, TinyRepository.VERSION.text());
        BackupRecord _ = TinyRepository.coldBackup(other, clock, TinyRepository.files(3));
        return storage;
    }
}
