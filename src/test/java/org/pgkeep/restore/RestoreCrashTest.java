package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.PathName;
import org.pgkeep.storage.memory.MemoryStorage;

class RestoreCrashTest {
    @TempDir
    private Path directory;

    private Path target;
    private Path fast;
    private BrokenStorage storage;
    private Cluster cluster;

    @BeforeEach
    void makeCluster() {
        target = directory.resolve("data");
        fast = directory.resolve("fast");
        storage = new BrokenStorage(new MemoryStorage());
        cluster = new Cluster(storage);
        cluster.tablespace(16400, "fast", fast);
    }

    private RestoreRequest request() {
        return RestoreRequest.of(target, RestoreTest.to(new RecoveryTarget.Latest()), 2, directory);
    }

    private void restore(RestoreRequest request) {
        RestoreResult _ = new Restore(cluster.store, Progress.SILENT, Instant::now).run(request);
    }

    private void assertWhole() throws Exception {
        for (Map.Entry<PathName, byte[]> file : cluster.files.entrySet()) {
            if (!file.getKey().equals(PathName.of("postgresql.auto.conf"))) {
                assertThat(file.getKey().under(target)).hasBinaryContent(file.getValue());
            }
        }
        assertThat(target.resolve(Mark.NAME)).doesNotExist();
    }

    @Test
    void aRestoreThatFailsAtAnyReadCannotBeStartedAndIsCompletedByTheNext() throws Exception {
        new RandomTree(42).fill(cluster);
        cluster.backup(directory);
        long reads = 0;
        boolean touched = false;
        while (true) {
            storage.failAfter(reads);
            try {
                restore(request());
                break;
            } catch (PgkeepException e) {
                assertThat(e).hasMessageContaining("injected");
                assertThat(target.resolve("global/pg_control"))
                        .as("control file after a failure at read " + reads)
                        .doesNotExist();
                touched |= Files.exists(target.resolve(Mark.NAME));
            }
            reads++;
        }
        assertThat(storage.hasFailed()).isFalse();
        assertThat(touched).isTrue();
        assertThat(reads).isGreaterThan(20);
        assertWhole();
    }

    @Test
    void aDeltaRestoreThatFailsAtAnyReadCannotBeStartedAndIsCompletedByTheNext() throws Exception {
        new RandomTree(44).fill(cluster);
        cluster.file(
                "global/pg_control", ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).done());
        cluster.backup(directory);
        restore(request());
        new Vandal(44).damage(target);
        RestoreRequest delta = request().withDelta(Delta.HASH);
        long reads = 0;
        boolean setAside = false;
        while (true) {
            storage.failAfter(reads);
            try {
                restore(delta);
                break;
            } catch (PgkeepException e) {
                assertThat(e).hasMessageContaining("injected");
                boolean isMarked = Files.exists(target.resolve(Mark.NAME));
                assertThat(Files.exists(target.resolve("global/pg_control")))
                        .as("control file after a failure at read " + reads)
                        .isEqualTo(!isMarked);
                assertThat(Files.exists(OldControl.pathIn(target))).isEqualTo(isMarked);
                setAside |= isMarked;
            }
            reads++;
        }
        assertThat(setAside).isTrue();
        assertThat(reads).isGreaterThan(20);
        assertWhole();
        assertThat(OldControl.pathIn(target)).doesNotExist();
    }

    @Test
    void anInterruptedPlainRestoreIsCompletedWithoutFetchingAgainWhatIsThere() throws Exception {
        cluster.file("base/16384", Cluster.bytes(new Random(2), 5 << 20));
        cluster.backup(directory);
        RestoreResult foreseen = new Restore(cluster.store, Progress.SILENT, Instant::now).run(request());
        assertThat(foreseen.delta()).isEmpty();
        Files.move(target.resolve("global/pg_control"), target.resolve("global/pg_control.pgkeep"));
        Mark.set(target, foreseen.backup().label(), Set.of(fast)).close();

        RestoreResult result = new Restore(cluster.store, Progress.SILENT, Instant::now)
                .run(request().withDelta(Delta.HASH));

        assertThat(result.delta().orElseThrow().writtenBlocks()).isEqualTo(1);
        assertWhole();
    }

    @Test
    void theRetryOfADeltaRestoreStillKnowsWhoseFilesTheseAre() throws Exception {
        cluster.backup(directory);
        Files.createDirectories(target.resolve("global"));
        Files.write(target.resolve("global/pg_control"), ControlBytes.of(4711).done());
        OldControl.setAside(target);
        Mark.set(target, cluster.store.backups().getFirst().label(), Set.of()).close();

        assertThatThrownBy(() -> restore(request().withDelta(Delta.HASH)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLUSTER_MISMATCH))
                .hasMessageContaining("4711");
    }

    private void assertDamaged(String... words) {
        assertThatThrownBy(() -> restore(request()))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContainingAll(words);
        assertThat(target.resolve("global/pg_control")).doesNotExist();
    }

    @Test
    void aFlippedBitIsToldWithPackAndFrame() throws Exception {
        cluster.file("base/16384", Cluster.bytes(new Random(1), 3 << 20));
        cluster.backup(directory);
        storage.flip("/packs/1.pack", 16 + 4711);

        assertDamaged("1.pack", "frame 0");
    }

    @Test
    void aMissingPackIsTold() throws Exception {
        cluster.backup(directory);
        storage.lose("/packs/1.pack");

        assertDamaged("1.pack", "is missing");
    }

    @Test
    void aTruncatedPackIsTold() throws Exception {
        cluster.backup(directory);
        storage.truncate("/packs/1.pack", 1000);

        assertDamaged("1.pack");
    }

    @Test
    void aReadOnlyFileSystemIsToldBeforeAnythingIsTouched() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can mount");
        cluster.backup(directory);
        Path fixed = Files.createDirectory(directory.resolve("fixed"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", fixed.toString()) == 0, "no tmpfs here");
        try {
            target = fixed.resolve("data");
            assertThatThrownBy(() -> restore(request()))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION))
                    .hasMessageContainingAll("cannot write " + target, fixed + " is read-only");
        } finally {
            assertThat(run("umount", fixed.toString())).isZero();
        }
    }

    @Test
    void anInterruptEndsTheRestoreAndTheNextRunCompletesIt() throws Exception {
        new RandomTree(43).fill(cluster);
        cluster.backup(directory);
        Thread restoring = Thread.currentThread();
        storage.atRead(() -> {
            if (!Thread.currentThread().equals(restoring)) {
                restoring.interrupt();
            }
        });

        assertThatThrownBy(() -> restore(request()))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TERMINATED));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(target.resolve("global/pg_control")).doesNotExist();

        storage.atRead(() -> {});
        restore(request());
        assertWhole();
    }

    @Test
    void aDamagedManifestIsRefusedBeforeAnythingIsTouched() throws Exception {
        cluster.backup(directory);
        storage.flip("/manifest.pb.zst", 100);

        assertDamaged("manifest.pb.zst");
        assertThat(target).doesNotExist();
        assertThat(fast).doesNotExist();
    }

    @Test
    void aFullDiskIsToldAndTheNextRunIsNotDisturbed() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can mount");
        cluster.file("pg_tblspc/16400/PG_15_202209061/5/16385", Cluster.bytes(new Random(1), 3 << 20));
        cluster.backup(directory);
        Path small = Files.createDirectory(directory.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small.toString()) == 0, "no tmpfs here");
        try {
            Relocation tooSmall = new Relocation(Map.of("fast", small), Optional.empty(), Map.of(), false);
            assertThatThrownBy(() -> restore(request().withRelocation(tooSmall)))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                    .hasMessageContaining("1638");
            assertThat(target.resolve("global/pg_control")).doesNotExist();
        } finally {
            assertThat(run("umount", small.toString())).isZero();
        }
        restore(request());
        assertWhole();
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).start().waitFor();
    }

    @Test
    void aSecondRestoreIntoTheSameDirectoryIsRefusedWhileOneRuns() throws Exception {
        cluster.backup(directory);
        Files.createDirectory(target);
        try (Mark _ = Mark.set(target, cluster.store.backups().getFirst().label(), Set.of())) {
            assertThatThrownBy(() -> restore(request()))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HELD));
        }
        restore(request());
        assertWhole();
    }
}
