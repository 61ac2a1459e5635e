package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.backup.Backup;
import org.pgkeep.backup.BackupRequest;
import org.pgkeep.backup.Remarks;
import org.pgkeep.backup.change.Way;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.RecoveryTimeline;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.Work;
import org.pgkeep.restore.ControlBytes;
import org.pgkeep.restore.Restore;
import org.pgkeep.restore.RestoreRequest;
import org.pgkeep.storage.memory.MemoryStorage;

/** A full backup and five incremental ones on each other: what each holds, and that it needs no other. */
final class ChainTest {
    private static final ClusterName MAIN = new ClusterName("main");
    private static final int LINKS = 6;
    private static final int BLOCK = 8192;

    @TempDir
    private Path directory;

    private Path data;
    private final Random random = new Random(20261125);
    private final MovingClock clock = new MovingClock();
    private final MemoryStorage storage = new MemoryStorage(clock);
    private final Repository repository = Repository.openOrCreate(storage, clock);
    private final Map<Label, Map<String, String>> contents = new TreeMap<>();

    /** A second later at each look. */
    private static final class MovingClock implements InstantSource {
        private Instant now = Instant.parse("2026-11-25T08:00:00Z");

        @Override
        public synchronized Instant instant() {
            now = now.plusSeconds(1);
            return now;
        }
    }

    @BeforeEach
    void makeChain() throws IOException {
        data = Files.createDirectories(directory.resolve("data"));
        for (String name : List.of("base/5", "global", "pg_wal", "pg_tblspc", "pg_xact")) {
            Files.createDirectories(data.resolve(name));
        }
        Files.writeString(data.resolve("PG_VERSION"), "15\n");
        Files.writeString(data.resolve("base/5/PG_VERSION"), "15\n");
        for (int i = 0; i < 12; i++) {
            write("base/5/" + (16384 + i), blocks(1 + random.nextInt(150)));
        }
        write("pg_xact/0000", blocks(1));
        for (int link = 0; link < LINKS; link++) {
            contents.put(backUp(link), contentsOf(data));
            change();
        }
    }

    private void write(String path, byte[] content) throws IOException {
        Files.write(data.resolve(path), content);
    }

    private byte[] blocks(int count) {
        byte[] content = new byte[count * BLOCK];
        random.nextBytes(content);
        return content;
    }

    /** Some blocks of some files; a file that is new, and one that is gone. */
    private void change() throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(data.resolve("base/5"))) {
            files = new ArrayList<>(
                    list.filter(file -> !file.endsWith("PG_VERSION")).sorted().toList());
        }
        Collections.shuffle(files, random);
        Files.delete(files.removeFirst());
        for (Path file : files.subList(0, files.size() / 2)) {
            byte[] content = Files.readAllBytes(file);
            for (int i = 0; i < 1 + content.length / BLOCK / 20; i++) {
                System.arraycopy(blocks(1), 0, content, random.nextInt(content.length / BLOCK) * BLOCK, BLOCK);
            }
            Files.write(file, content);
        }
        write("base/5/" + (20000 + random.nextInt(10000)), blocks(1 + random.nextInt(20)));
    }

    private Label backUp(int link) throws IOException {
        write(
                ControlFile.PATH,
                ControlBytes.of(4711)
                        .shutDownAt(1, "0/" + (link + 2) + "000028")
                        .done());
        return new Backup(repository, clock, Progress.SILENT)
                .offline(request())
                .record()
                .label();
    }

    private BackupRequest request() {
        return new BackupRequest(
                MAIN,
                data,
                BackupType.INCREMENTAL,
                Optional.empty(),
                Optional.of(Way.HASH),
                2,
                Compression.parse("zstd:1"),
                1 << 20,
                List.of(),
                true,
                true,
                BackupWal.ARCHIVE,
                Duration.ofSeconds(1),
                false,
                true,
                Duration.ofSeconds(1),
                directory,
                "0",
                Remarks.NONE);
    }

    private static Map<String, String> contentsOf(Path root) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (!name.equals("backup_manifest")) {
                    found.put(name, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
                }
            }
        }
        return found;
    }

    private void assertHolds(Label label) throws IOException {
        Path target = directory.resolve("restored-" + clock.instant().getEpochSecond());
        RecoverySettings cold = new RecoverySettings(
                new RecoveryTarget.Latest(),
                true,
                RecoverySettings.Action.PROMOTE,
                new RecoveryTimeline.Latest(),
                false,
                Optional.of("pgkeep archive-get %f %p"),
                Optional.empty());
        new Restore(repository.cluster(MAIN), Progress.SILENT, clock)
                .run(RestoreRequest.of(target, cold, 2, directory).withBackup(label));
        assertThat(contentsOf(target).equals(contents.get(label)))
                .as("contents of " + label)
                .isTrue();
    }

    @Test
    void everyLinkHoldsWhatTheClusterHeldAndStoresWhatChanged() throws IOException {
        List<BackupRecord> backups = repository.cluster(MAIN).backups();
        assertThat(backups).hasSize(LINKS);
        assertThat(backups.getFirst().label().type()).isEqualTo(BackupType.FULL);
        for (BackupRecord backup : backups) {
            assertHolds(backup.label());
        }
        long full = backups.getFirst().sizes().storedBytes();
        assertThat(backups.subList(1, LINKS)).allSatisfy(increment -> {
            assertThat(increment.base()).isPresent();
            assertThat(increment.sizes().storedBytes()).isLessThan(full / 4);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void theOthersStayWholeWhicheverIsDeletedFirstAndInWhateverOrder(int first) throws IOException {
        List<Label> labels = new ArrayList<>(contents.keySet());
        List<Label> order = new ArrayList<>(labels);
        order.remove(first);
        Collections.shuffle(order, new Random(first));
        order.addFirst(labels.get(first));
        for (Label label : order) {
            ClusterStore cluster = repository.cluster(MAIN);
            try (Lease lease = cluster.leases().take(Work.DELETE, Owner.ofThisProcess(), Leases.Patience.NONE)) {
                assertThat(cluster.removal(1).backups(List.of(label), lease)).containsKey(label);
            }
            labels.remove(label);
            boolean isFirst = labels.size() == LINKS - 1;
            for (Label left : isFirst ? labels : labels.stream().limit(1).toList()) {
                assertHolds(left);
            }
        }
    }
}
