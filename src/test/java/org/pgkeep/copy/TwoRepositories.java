package org.pgkeep.copy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pgkeep.codec.Compression;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.KeySource;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyChain;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.WalArchive;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;
import org.pgkeep.verify.Verify;

/** A repository with a full backup and two that build on it, the last of a running server, and an empty one; each may be sealed. */
final class TwoRepositories {
    private static final int FRAME = 128 * 8192;

    final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-20T20:30:00Z");
    final Storage first = new MemoryStorage();
    final Storage second = new MemoryStorage();
    final List<BackupRecord> backups = new ArrayList<>();
    private final List<Map<String, byte[]>> files = new ArrayList<>();
    private final Path temporary;
    private final KeySource keys;

    TwoRepositories(Path temporary, boolean sealed) {
        this.temporary = temporary;
        this.keys = sealed ? KeySource.of(TinyRepository.SECRET) : KeySource.NONE;
        ClusterStore cluster =
                sealed ? TinyRepository.sealedCluster(first, clock) : TinyRepository.cluster(first, clock);
        if (sealed) {
            Repository.createSealed(second, clock, TinyRepository.SECRET, "other")
                    .close();
        } else {
            Repository.openOrCreate(second, clock).close();
        }
        Map<String, byte[]> content = TinyRepository.files(1);
        files.add(content);
        backups.add(TinyRepository.coldBackup(cluster, clock, content));
        for (int i = 1; i <= 2; i++) {
            clock.move(3600);
            content = changed(content, i);
            files.add(content);
            backups.add(TinyChain.backup(cluster, clock, BackupType.INCREMENTAL, backups.getLast(), i == 2, content));
        }
        for (SegmentName segment = backups.getLast().firstSegment().orElseThrow();
                segment.compareTo(backups.getLast().lastSegment().orElseThrow()) <= 0;
                segment = segment.next(TinyRepository.SEGMENT_BYTES)) {
            archive(cluster.wal(), segment.toString());
        }
        clock.move(3600);
    }

    private TwoRepositories(TwoRepositories made) {
        this.temporary = made.temporary;
        this.keys = made.keys;
        backups.addAll(made.backups);
        files.addAll(made.files);
        TinyRepository.copy(made.first, first);
        TinyRepository.copy(made.second, second);
        clock.move(4 * 3600);
    }

    /** The same in other stores. */
    TwoRepositories again() {
        return new TwoRepositories(this);
    }

    private static Map<String, byte[]> changed(Map<String, byte[]> files, int seed) {
        byte[] table = Objects.requireNonNull(files.get("base/5/16385")).clone();
        byte[] other = Objects.requireNonNull(TinyRepository.files(1 + seed).get("base/5/16385"));
        // The first time a whole frame and more, then a part of what is left of the old one.
        int from = seed == 1 ? 0 : FRAME + 8192;
        int to = seed == 1 ? FRAME : FRAME + 2 * 8192;
        System.arraycopy(other, from, table, from, to - from);
        Map<String, byte[]> changed = new TreeMap<>(files);
        changed.put("base/5/16385", table);
        return changed;
    }

    private void archive(WalArchive wal, String segment) {
        try {
            Path file = Files.write(temporary.resolve(segment), TinyRepository.segment(segment, 7));
            WalArchive.Pushed _ = wal.push(segment, file, Compression.DEFAULT);
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Label label(int i) {
        return backups.get(i).label();
    }

    Repository repository(Storage storage) {
        return Repository.open(storage, clock, keys);
    }

    ClusterStore source() {
        return repository(first).cluster(TinyRepository.MAIN);
    }

    ClusterStore target() {
        return repository(second).cluster(TinyRepository.MAIN);
    }

    List<Copy.Copied> copy(Label... labels) {
        return copy(second, false, labels);
    }

    List<Copy.Copied> copy(Storage through, boolean dryRun, Label... labels) {
        return new Copy(repository(first), repository(through), Progress.SILENT)
                .run(new Copy.Request(
                        TinyRepository.MAIN, List.of(labels), Optional.empty(), dryRun, Duration.ZERO, temporary));
    }

    /** The paths of a copied backup that come back with other bytes than it was taken of. */
    List<String> wrong(int i) {
        ClusterStore cluster = target();
        Map<String, byte[]> all = new TreeMap<>(files.get(i));
        all.entrySet()
                .removeIf(
                        file -> Arrays.equals(TinyRepository.read(cluster, label(i), file.getKey()), file.getValue()));
        return List.copyOf(all.keySet());
    }

    /** The same, noted on each backup. */
    Verify.Result verifyAndMark() {
        return new Verify(repository(second), clock, Progress.SILENT)
                .run(new Verify.Request(
                        Optional.empty(), Optional.empty(), true, true, Set.of(), Optional.empty(), true, 1));
    }

    Verify.Result verify() {
        return new Verify(repository(second), clock, Progress.SILENT).run(Verify.Request.look(true, true, 1));
    }

    /** Names and lengths in the second one. */
    List<String> objects() {
        List<String> objects = new ArrayList<>();
        TinyRepository.names(second).stream()
                .filter(name -> !name.value().contains("/leases/"))
                .forEach(name ->
                        objects.add(name + " " + second.info(name).orElseThrow().sizeBytes()));
        return objects;
    }
}
