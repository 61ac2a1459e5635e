package org.pgkeep.compact;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Freed;
import org.pgkeep.repository.KeySource;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyChain;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;
import org.pgkeep.verify.Verify;

/**
 * A repository with an incremental backup whose base is gone. Of the base's packs the first has a frame that it needs and a much larger
 * one that nobody does; it needs all of the second.
 */
final class Hollow {
    private static final int BLOCK = 8192;
    private static final int FRAME = 128 * BLOCK;

    final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    final Storage storage;
    final Label gone;
    final Label left;
    private final KeySource keys;
    private final Map<String, byte[]> files;

    private Hollow(Storage storage, KeySource keys, Label gone, Label left, Map<String, byte[]> files) {
        this.storage = storage;
        this.keys = keys;
        this.gone = gone;
        this.left = left;
        this.files = files;
    }

    static Hollow make(boolean sealed) {
        Storage storage = new MemoryStorage();
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-20T20:30:00Z");
        ClusterStore cluster =
                sealed ? TinyRepository.sealedCluster(storage, clock) : TinyRepository.cluster(storage, clock);
        Map<String, byte[]> old = TinyRepository.files(1);
        BackupRecord base = TinyRepository.coldBackup(cluster, clock, old);
        clock.move(3600);
        Map<String, byte[]> files = new TreeMap<>(old);
        byte[] changed = Objects.requireNonNull(old.get("base/5/16385")).clone();
        byte[] other = Objects.requireNonNull(TinyRepository.files(2).get("base/5/16385"));
        System.arraycopy(other, 0, changed, 0, FRAME);
        files.put("base/5/16385", changed);
        Label left = TinyChain.backup(cluster, clock, BackupType.INCREMENTAL, base, false, files)
                .label();
        try (Lease lease = cluster.leases().take(Work.DELETE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            SortedMap<Label, Freed> _ = cluster.removal(1).backups(List.of(base.label()), lease);
        }
        KeySource keys = sealed ? KeySource.of(TinyRepository.SECRET) : KeySource.NONE;
        return new Hollow(storage, keys, base.label(), left, files);
    }

    /** The same in another store. */
    Hollow copy() {
        Storage other = new MemoryStorage();
        TinyRepository.copy(storage, other);
        return new Hollow(other, keys, gone, left, files);
    }

    Repository repository(Storage through) {
        return Repository.open(through, clock, keys);
    }

    ClusterStore cluster() {
        return repository(storage).cluster(TinyRepository.MAIN);
    }

    Compact.Result compact(Storage through, int threshold, boolean dryRun) {
        return new Compact(repository(through), Progress.SILENT)
                .run(new Compact.Request(TinyRepository.MAIN, threshold, Optional.empty(), dryRun, Duration.ZERO));
    }

    /** The paths that come back with other bytes than the backup was taken of. */
    List<String> wrong() {
        ClusterStore cluster = cluster();
        Map<String, byte[]> all = new TreeMap<>(files);
        all.entrySet()
                .removeIf(file -> Arrays.equals(TinyRepository.read(cluster, left, file.getKey()), file.getValue()));
        return List.copyOf(all.keySet());
    }

    Verify.Result verify() {
        return new Verify(repository(storage), clock, Progress.SILENT).run(Verify.Request.look(true, true, 1));
    }
}
