package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.progress.Warnings;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Validation;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

/** What is damaged in one repository comes from the copy in another; only what is damaged in both is lost. */
class SparesTest {
    @TempDir
    private Path directory;

    private final MemoryStorage first = new MemoryStorage();
    private final MemoryStorage second = new MemoryStorage();
    private final Cluster cluster = new Cluster(first);
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private BackupRecord backup;

    @BeforeEach
    void backUp() throws Exception {
        cluster.file(
                "global/pg_control", ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).done());
        Random random = new Random(20261129);
        for (int i = 0; i < 6; i++) {
            cluster.file("base/" + (16384 + i), Cluster.bytes(random, (40 + 90 * i) * 8192));
        }
        backup = cluster.backup(directory);
        TinyRepository.copy(first, second);
    }

    @Test
    void aDamagedFrameComesFromTheOtherAlsoWhereThatHasDamageOfItsOwn() throws Exception {
        List<ObjectName> packs = packs();
        assertThat(packs).hasSizeGreaterThan(1);
        TinyRepository.flip(first, packs.getFirst(), 1000);
        TinyRepository.flip(second, packs.getLast(), 1000);
        restore(false);
        RestoredTree.assertContent(cluster, target());
        assertThat(warnings)
                .hasSize(1)
                .allMatch(warning -> warning.contains(packs.getFirst().last())
                        && warning.endsWith("is damaged; repository 'second' gave it"));
    }

    @Test
    void soDoesWhatIsMissingOrCutShortAndTheManifest() throws Exception {
        List<ObjectName> packs = packs();
        first.delete(packs.getFirst());
        byte[] whole = TinyRepository.bytes(first, packs.getLast());
        TinyRepository.overwrite(first, packs.getLast(), Arrays.copyOf(whole, whole.length / 2));
        TinyRepository.flip(first, TinyRepository.only(first, "manifest.pb.zst"), 20);
        restore(false);
        RestoredTree.assertContent(cluster, target());
        assertThat(warnings)
                .anyMatch(warning -> warning.contains("manifest.pb.zst"))
                .anyMatch(warning -> warning.contains("is missing; repository 'second' gave it"));
    }

    @Test
    void aDeltaRestoreTakesItFromThereToo() throws Exception {
        restore(false);
        new Vandal(7).damage(target());
        packs().forEach(pack -> TinyRepository.flip(first, pack, 1000));
        restore(true);
        RestoredTree.assertContent(cluster, target());
    }

    @Test
    void whatIsDamagedInBothIsNamedAndNothingElseHidesIt() {
        TinyRepository.flip(first, packs().getFirst(), 1000);
        TinyRepository.flip(second, packs().getFirst(), 1001);
        assertDamaged(packs().getFirst().last());
    }

    @Test
    void anotherBackupOfTheSameSecondIsNoCopy() throws Exception {
        MemoryStorage stranger = new MemoryStorage();
        Cluster other = new Cluster(stranger);
        other.file("base/16384", Cluster.bytes(new Random(1), 40 * 8192));
        other.backup(directory);
        TinyRepository.names(second).forEach(second::delete);
        TinyRepository.copy(stranger, second);
        TinyRepository.flip(first, packs().getFirst(), 1000);
        assertDamaged(packs().getFirst().last());
    }

    @Test
    void aBackupThatIsMarkedDamagedIsTakenWhereTheOtherIsNot() throws Exception {
        TinyRepository.flip(first, packs().getFirst(), 1000);
        BackupMark _ = cluster.store
                .marks()
                .change(
                        backup.label(),
                        mark -> mark.withValidation(new Validation(
                                Instant.parse("2026-11-29T10:00:00Z"),
                                Validation.Depth.SCRUB,
                                List.of("1.pack is damaged"),
                                0)));
        assertThatThrownBy(() -> restore(false, List.of()))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
        restore(false);
        RestoredTree.assertContent(cluster, target());
        assertThat(warnings.getFirst())
                .contains("was found damaged at 2026-11-29T10:00:00Z")
                .endsWith("what is damaged is taken from repository 'second'");
    }

    @Test
    void oneThatIsOutOfReachIsSaidAndChangesNothing() {
        TinyRepository.flip(first, packs().getFirst(), 1000);
        assertThatThrownBy(() -> restore(false, List.of(new Elsewhere("second", () -> {
                    throw new PgkeepException(ErrorCode.REPOSITORY_MISSING, "there is no repository");
                }))))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
        assertThat(warnings).contains("repository 'second' cannot be asked for a copy: there is no repository");
    }

    private void assertDamaged(String pack) {
        assertThatThrownBy(() -> restore(false))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContaining(pack);
        assertThat(target().resolve("global/pg_control")).doesNotExist();
    }

    private List<ObjectName> packs() {
        List<ObjectName> packs = new ArrayList<>();
        for (ObjectName name : TinyRepository.names(first)) {
            if (name.value().endsWith(".pack")) {
                packs.add(name);
            }
        }
        return packs;
    }

    private void restore(boolean delta) {
        restore(
                delta,
                List.of(new Elsewhere(
                        "second", () -> Repository.open(second, Instant::now).cluster(new ClusterName("main")))));
    }

    private void restore(boolean delta, List<Elsewhere> elsewhere) {
        RestoreRequest request = RestoreRequest.of(target(), RestoreTest.to(new RecoveryTarget.Latest()), 3, directory);
        RestoreResult _ = new Restore(cluster.store, elsewhere, new Warnings(warnings), Instant::now)
                .run(delta ? request.withDelta(Delta.HASH) : request);
    }

    private Path target() {
        return directory.resolve("data");
    }
}
