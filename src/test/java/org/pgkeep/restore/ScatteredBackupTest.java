package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.progress.Warnings;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

/** Backups whose blocks are in the packs of several: what changes, and what is damaged, since the first of them. */
class ScatteredBackupTest {
    private static final int BLOCK = 8192;
    private static final int JOBS = 3;
    private static final int BACKUPS = 4;

    @TempDir
    private Path directory;

    private final MemoryStorage first = new MemoryStorage();
    private final MemoryStorage second = new MemoryStorage();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final Cluster cluster = new Cluster(first);

    /** A random tree, of which between backups each file may change, grow, shrink, come and go, and blocks become zero. */
    private BackupRecord chain(long seed) throws Exception {
        cluster.file(
                "global/pg_control", ControlBytes.of(Cluster.SYSTEM_IDENTIFIER).done());
        new RandomTree(seed).fill(cluster);
        Random random = new Random(seed);
        cluster.file("base/scattered", Cluster.bytes(random, 1000 * BLOCK + 5));
        BackupRecord last = cluster.backup(directory);
        cluster.incremental = true;
        for (int i = 1; i < BACKUPS; i++) {
            cluster.files.replaceAll((path, content) ->
                    path.latin1().startsWith("base/") && random.nextInt(3) > 0 ? changed(random, content) : content);
            cluster.file("base/new" + i, Cluster.bytes(random, random.nextInt(40 * BLOCK)));
            last = cluster.backup(directory);
        }
        return last;
    }

    private static byte[] changed(Random random, byte[] content) {
        byte[] changed = Arrays.copyOf(
                content,
                switch (random.nextInt(6)) {
                    case 0 -> random.nextInt(content.length + 1);
                    case 1 -> content.length + random.nextInt(50 * BLOCK);
                    default -> content.length;
                });
        for (int block = 0; block < changed.length / BLOCK; block++) {
            switch (random.nextInt(20)) {
                case 0, 1, 2 -> changed[block * BLOCK + random.nextInt(BLOCK)]++;
                case 3 -> Arrays.fill(changed, block * BLOCK, (block + 1) * BLOCK, (byte) 0);
                default -> {}
            }
        }
        return changed;
    }

    private Path target() {
        return directory.resolve("data");
    }

    private Optional<DeltaReport> restore(BackupRecord backup, Delta delta) {
        return restore(backup, delta, false);
    }

    private Optional<DeltaReport> restore(BackupRecord backup, Delta delta, boolean dryRun) {
        RestoreRequest request = RestoreRequest.of(
                        target(), RestoreTest.to(new RecoveryTarget.Latest()), JOBS, directory)
                .withBackup(backup.label())
                .withDelta(delta);
        Restore restore = new Restore(
                cluster.store,
                List.of(new Elsewhere(
                        "second", () -> Repository.open(second, Instant::now).cluster(new ClusterName("main")))),
                new Warnings(warnings),
                Instant::now);
        return restore.run(dryRun ? request.withDryRun(true) : request).delta();
    }

    @Test
    void suchBackupsAreWorkedOffFileByFile() {
        assertThat(FrameCache.order(BACKUPS, Filling.workers(JOBS))).isEqualTo(PieceOrder.FILES);
        assertThat(FrameCache.order(1, Filling.workers(JOBS))).isEqualTo(PieceOrder.FRAMES);
        assertThat(FrameCache.order(5000, Filling.workers(JOBS))).isEqualTo(PieceOrder.FRAMES);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aDirectoryBecomesTheBackupWhateverWasThere(long seed) throws Exception {
        BackupRecord backup = chain(seed);
        restore(backup, Delta.OFF);
        RestoredTree.assertContent(cluster, target());
        RestoredTree.assertAttributes(cluster, target());

        DeltaReport same = restore(backup, Delta.HASH).orElseThrow();
        assertThat(same.writtenBlocks()).as("blocks, of pg_control").isEqualTo(1);
        assertThat(same.trustedBlocks()).isZero();

        new Vandal(seed).damage(target());
        DeltaReport foreseen = restore(backup, Delta.HASH, true).orElseThrow();
        DeltaReport mended = restore(backup, Delta.HASH).orElseThrow();
        RestoredTree.assertContent(cluster, target());
        RestoredTree.assertAttributes(cluster, target());
        assertThat(mended).isEqualTo(foreseen);
        assertThat(mended.fetchedBytes()).isLessThanOrEqualTo(mended.storedBytes());
        assertThat(warnings).isEmpty();
    }

    @Test
    void whatIsDamagedComesFromTheOtherRepository() throws Exception {
        BackupRecord backup = chain(6);
        TinyRepository.copy(first, second);
        List<ObjectName> packs = packs();
        for (int i = 0; i < packs.size(); i++) {
            TinyRepository.flip(i % 2 == 0 ? first : second, packs.get(i), 1000);
        }
        restore(backup, Delta.OFF);
        RestoredTree.assertContent(cluster, target());
        assertThat(warnings)
                .isNotEmpty()
                .allMatch(warning -> warning.contains("is damaged; repository 'second' gave it"));

        new Vandal(6).damage(target());
        restore(backup, Delta.HASH);
        RestoredTree.assertContent(cluster, target());
    }

    @Test
    void whatIsDamagedInBothIsNamed() throws Exception {
        BackupRecord backup = chain(7);
        TinyRepository.copy(first, second);
        List<ObjectName> packs = packs();
        packs.forEach(pack -> {
            TinyRepository.flip(first, pack, 1000);
            TinyRepository.flip(second, pack, 1001);
        });
        assertThatThrownBy(() -> restore(backup, Delta.OFF))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContaining("frame ")
                .hasMessageContaining("is damaged");
    }

    private List<ObjectName> packs() {
        return TinyRepository.names(first).stream()
                .filter(name -> name.value().endsWith(".pack"))
                .toList();
    }

    /** Where the indexes of packs would not fit into memory. */
    @Test
    void piecesAreSortedAnewByFramesWithoutLoss() {
        List<String> byFiles = new ArrayList<>();
        List<String> byFrames = new ArrayList<>();
        for (long indexBytesMax : new long[] {Long.MAX_VALUE, 0}) {
            try (Pieces pieces = new Pieces(PieceOrder.FILES, directory)) {
                Random random = new Random(8);
                for (int file = 0; file < 50; file++) {
                    for (int block = 0; block < 300; block += 3) {
                        Extent extent =
                                new Extent(3, 1 + random.nextInt(4), 1, random.nextInt(90), random.nextInt(120));
                        pieces.add(file, extent, block);
                    }
                    pieces.addZeros(file, 300, 5);
                }
                pieces.complete(indexBytesMax);
                boolean files = indexBytesMax > 0;
                assertThat(pieces.order()).isEqualTo(files ? PieceOrder.FILES : PieceOrder.FRAMES);
                take(pieces, files ? byFiles : byFrames);
            }
        }
        assertThat(byFiles).hasSize(50 * 101);
        assertThat(byFrames).isNotEqualTo(byFiles).containsExactlyInAnyOrderElementsOf(byFiles);
    }

    private void take(Pieces pieces, List<String> found) {
        FrameRun run = new FrameRun();
        List<Label> sources = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sources.add(Label.parse("20261201-08000" + i + "F").orElseThrow());
        }
        try (PieceQueue queue = pieces.queue(cluster.store, sources)) {
            while (queue.take(run)) {
                for (int i = 0; i < run.count(); i++) {
                    found.add(run.frame(i) + " " + run.place(i) + " " + run.firstBlock(i));
                }
                queue.release(run);
            }
        }
    }
}
