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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.progress.Warnings;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Cores;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestReader;
import org.pgkeep.repository.PackReader;
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

    /** With the launcher's 256 MiB: some hundred sources by two jobs, some 30 by any number, and none where indexes or files take too much. */
    @Test
    void whatIsHeldFollowsFromTheMemory() {
        long memory = 256L << 20;
        long indexes = 20L << 20;
        assertThat(FrameMemory.of(100, 4, memory, 0, indexes)).isPresent();
        assertThat(FrameMemory.of(250, 4, memory, 0, 0)).isEmpty();
        assertThat(FrameMemory.of(30, 16, memory, 0, indexes))
                .hasValueSatisfying(held -> assertThat(held.workers()).isEqualTo(16));
        assertThat(FrameMemory.of(30, 40, memory, 0, indexes))
                .hasValueSatisfying(held -> assertThat(held.workers()).isBetween(20, 39));
        assertThat(FrameMemory.of(30, 200, memory, 0, indexes)).isEmpty();
        assertThat(FrameMemory.of(30, 4, memory, 0, 150L << 20)).isEmpty();
        assertThat(FrameMemory.of(30, 4, memory, 150L << 20, 0)).isEmpty();
        for (int workers = 1; workers < 30; workers++) {
            FrameMemory held =
                    FrameMemory.of(5, workers, memory, 20L << 20, 10L << 20).orElseThrow();
            assertThat(held.frames()).isBetween(5 + 2 * held.workers(), 10 + 2 * held.workers());
            assertThat(((3L * held.workers() + held.frames() + 20) << 20) + held.indexBytes())
                    .isLessThanOrEqualTo(memory / 4 * 3);
        }
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

        new Vandal(seed).damage(target());
        DeltaReport foreseen = restore(backup, Delta.HASH, true).orElseThrow();
        DeltaReport mended = restore(backup, Delta.HASH).orElseThrow();
        RestoredTree.assertContent(cluster, target());
        RestoredTree.assertAttributes(cluster, target());
        assertThat(mended).isEqualTo(foreseen);
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
                .doesNotHaveDuplicates()
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

    /** It is simply filled, and what is zero is a hole. */
    @ParameterizedTest
    @EnumSource(Delta.class)
    void anAbsentTargetIsFilledWhateverIsAskedFor(Delta delta) throws Exception {
        BackupRecord backup = chain(9);
        assertThat(restore(backup, delta)).isEmpty();
        RestoredTree.assertContent(cluster, target());
        RestoredTree.assertAttributes(cluster, target());
    }

    /** Packs are closed and opened again while others read them. */
    @Test
    void packsGiveTheirFramesHoweverFewAreOpen() throws Exception {
        BackupRecord backup = chain(10);
        List<Label> sources = new ArrayList<>();
        List<Extent> extents = extents(backup, sources);
        assertThat(extents.stream()
                        .map(extent -> Piece.packOf(Piece.frame(extent)))
                        .distinct()
                        .count())
                .isGreaterThan(10);
        AtomicInteger read = new AtomicInteger();
        try (OpenPacks packs = new OpenPacks(cluster.store, sources, 0, 2)) {
            new Crew().work(4, _ -> {
                try (PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
                    for (Extent extent : extents) {
                        SharedPack pack = packs.take(Piece.frame(extent));
                        try {
                            pack.reader().read(extent.frame(), buffer);
                            int _ = read.incrementAndGet();
                        } finally {
                            packs.release(pack);
                        }
                    }
                }
            });
        }
        assertThat(read).hasValue(4 * extents.size());
    }

    /** Whoever needs one waits for who reads it, and nobody finds another's content in its place. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void framesGiveTheirContentHoweverFewAreHeld(int capacity) throws Exception {
        BackupRecord backup = chain(11);
        List<Label> sources = new ArrayList<>();
        List<Extent> extents = extents(backup, sources);
        FrameCache cache = new FrameCache(capacity);
        Spares none = new Spares(backup, List.of(), new Warnings(warnings));
        Cores cores = Cores.of(2);
        AtomicInteger proved = new AtomicInteger();
        try (OpenPacks packs = new OpenPacks(cluster.store, sources, 0, 2)) {
            new Crew().work(6, _ -> {
                Cores.Core core = cores.take();
                try (PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
                    SharedFrames frames = new SharedFrames(cluster.store, packs, cache, none, buffer, core);
                    for (Extent extent : extents) {
                        int blocks = frames.with(Piece.frame(extent), held -> proven(frames, held, extent));
                        int _ = proved.addAndGet(blocks);
                    }
                } finally {
                    core.release();
                }
            });
        }
        assertThat(proved)
                .hasValue(6 * extents.stream().mapToInt(Extent::blocks).sum());
    }

    private static int proven(SharedFrames frames, HeldFrame held, Extent extent) {
        byte[] content = frames.content(held);
        for (int i = extent.firstBlock(); i < extent.firstBlock() + extent.blocks(); i++) {
            assertThat(Blocks.hash(content, i * BLOCK))
                    .isEqualTo(frames.description(held).frame().blockHash(i));
        }
        return extent.blocks();
    }

    private List<Extent> extents(BackupRecord backup, List<Label> sources) {
        List<Extent> extents = new ArrayList<>();
        try (ManifestReader manifest = cluster.store.manifest(backup.label())) {
            sources.addAll(manifest.header().sources());
            for (Optional<Entry> next = manifest.next(); next.isPresent(); next = manifest.next()) {
                if (next.get() instanceof Entry.OfFile file) {
                    file.extents().stream().filter(extent -> !extent.isZero()).forEach(extents::add);
                }
            }
        }
        return extents;
    }

    /** Where the indexes of packs, or the table of files, leave too little memory. */
    @Test
    void piecesAreSortedAnewByFramesWithoutLoss() {
        List<String> byFiles = taken(0, PieceOrder.FILES);
        List<String> byFrames = taken(230L << 20, PieceOrder.FRAMES);
        assertThat(byFiles).hasSize(50 * 101);
        assertThat(byFrames).isNotEqualTo(byFiles).containsExactlyInAnyOrderElementsOf(byFiles);
    }

    private List<String> taken(long tableBytes, PieceOrder order) {
        List<Label> sources = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sources.add(label("20261201-08000" + i + "F"));
        }
        try (Pieces pieces = new Pieces(sources, 4, 256L << 20, directory)) {
            Random random = new Random(8);
            for (int file = 0; file < 50; file++) {
                for (int block = 0; block < 300; block += 3) {
                    Extent extent = new Extent(3, 1 + random.nextInt(4), 1, random.nextInt(90), random.nextInt(120));
                    pieces.add(file, extent, block);
                }
                pieces.addZeros(file, 300, 5);
            }
            pieces.complete(tableBytes);
            assertThat(pieces.memory().isPresent()).isEqualTo(order == PieceOrder.FILES);
            return taken(pieces);
        }
    }

    private static Label label(String text) {
        return Label.parse(text).orElseThrow();
    }

    private List<String> taken(Pieces pieces) {
        List<String> found = new ArrayList<>();
        FrameRun run = new FrameRun();
        try (PieceQueue queue = pieces.queue(cluster.store)) {
            while (queue.take(run)) {
                for (int i = 0; i < run.count(); i++) {
                    found.add(run.frame(i) + " " + run.place(i) + " " + run.firstBlock(i));
                }
                queue.release(run);
            }
        }
        return found;
    }

    /** Of an incremental backup's pack twice that of a full one's; only of those that are needed at the same place together. */
    @Test
    void whatIndexesOfPacksTakeIsForeseen() {
        List<Label> sources = List.of(label("20261201-080000F"), label("20261201-080001I"));
        PackUse full = new PackUse(sources);
        PackUse incremental = new PackUse(sources);
        PackUse oneAfterAnother = new PackUse(sources);
        PackUse turnAndTurnAbout = new PackUse(sources);
        for (int frame = 0; frame < 1000; frame++) {
            full.add(Piece.frame(new Extent(1, 1, 1, frame, 0)), 1);
            incremental.add(Piece.frame(new Extent(1, 2, 1, frame, 0)), 1);
            oneAfterAnother.add(Piece.frame(new Extent(1, 1, 1 + frame / 100, frame % 100, 0)), 1);
            turnAndTurnAbout.add(Piece.frame(new Extent(1, 1, 1 + frame % 2, frame, 0)), 1);
        }
        assertThat(full.indexBytes()).isBetween(1L << 20, 3L << 19);
        assertThat(incremental.indexBytes()).isBetween(2L << 20, 7L << 19);
        assertThat(oneAfterAnother.indexBytes()).isBetween(full.indexBytes() / 10, full.indexBytes() / 9);
        assertThat(turnAndTurnAbout.indexBytes()).isBetween(2 * full.indexBytes() - 5000, 2 * full.indexBytes());
    }
}
