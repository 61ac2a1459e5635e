package org.pgkeep.expire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.pgkeep.codec.Compression;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.KeySource;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyChain;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.Storage;

/** A small repository with full backups and WAL around them, made and expired without a server. */
final class Shelf {
    static final Expire.Terms TERMS = new Expire.Terms(TinyRepository.MAIN, false, 1, Duration.ZERO);
    static final Expire.Terms DRY = new Expire.Terms(TinyRepository.MAIN, true, 1, Duration.ZERO);

    final TinyRepository.StandingClock clock;
    final Storage storage;
    private final KeySource keys;

    Shelf(Storage storage) {
        this(storage, KeySource.NONE, new TinyRepository.StandingClock("2026-11-21T20:30:00Z"));
    }

    private Shelf(Storage storage, KeySource keys, TinyRepository.StandingClock clock) {
        this.storage = storage;
        this.keys = keys;
        this.clock = clock;
    }

    /** In a new sealed repository. */
    static Shelf sealed(Storage storage) {
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
        ClusterStore _ = TinyRepository.sealedCluster(storage, clock);
        return new Shelf(storage, KeySource.of(TinyRepository.SECRET), clock);
    }

    /** The same in a copy of its store. */
    Shelf in(Storage copy) {
        return new Shelf(
                copy, keys, new TinyRepository.StandingClock(clock.instant().toString()));
    }

    /** The repository, through this store, which leads to the same objects. */
    Repository repository(Storage through) {
        return Repository.openOrCreate(through, clock, keys);
    }

    /** A backup of an online cluster; its WAL is the segments 3 and 4 of timeline 1. */
    Label backup(int seed) {
        clock.move(3600);
        BackupRecord backup =
                TinyRepository.backup(cluster(), clock, TinyRepository.files(seed), true, Compression.DEFAULT);
        return backup.label();
    }

    ClusterStore cluster() {
        return repository(storage)
                .register(TinyRepository.MAIN, TinyRepository.SYSTEM_IDENTIFIER, TinyRepository.VERSION.text());
    }

    /** An incremental or differential backup of these files on a base, with the same WAL. */
    Label increment(BackupType type, Label base, Map<String, byte[]> files) {
        clock.move(3600);
        ClusterStore cluster = cluster();
        return TinyChain.backup(cluster, clock, type, cluster.backup(base), true, files)
                .label();
    }

    /** The files with some blocks written anew, others with another seed. */
    static Map<String, byte[]> changed(Map<String, byte[]> files, int seed) {
        Map<String, byte[]> changed = new TreeMap<>(files);
        Map<String, byte[]> other = TinyRepository.files(1000 + seed);
        changed.putAll(Map.of(
                "base/5/2619",
                Objects.requireNonNull(other.get("base/5/2619")),
                "base/5/new" + seed,
                new byte[100 + seed]));
        byte[] some = Objects.requireNonNull(files.get("base/5/16385")).clone();
        System.arraycopy(Objects.requireNonNull(other.get("base/5/16385")), 0, some, seed * 10 * 8192, 20 * 8192);
        changed.put("base/5/16385", some);
        return changed;
    }

    void push(String... names) {
        for (String name : names) {
            try {
                Path file = Files.createTempFile("pgkeep", ".wal");
                try {
                    Files.write(file, TinyRepository.segment(name, 7));
                    cluster().wal().push(name, file, Compression.DEFAULT);
                } finally {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static Expire expire(Storage storage, TinyRepository.StandingClock clock) {
        return new Expire(Repository.open(storage, clock), clock, Progress.SILENT);
    }

    Expire expire() {
        return new Expire(repository(storage), clock, Progress.SILENT);
    }

    static Policy full(int count) {
        return new Policy(
                java.util.OptionalInt.of(count),
                java.util.OptionalInt.empty(),
                Optional.empty(),
                Map.of(),
                java.time.ZoneOffset.UTC,
                java.util.OptionalInt.empty(),
                java.util.OptionalInt.empty(),
                Policy.Chains.FREE);
    }

    List<Label> labels() {
        return cluster().backups().stream().map(BackupRecord::label).toList();
    }

    List<String> wal() {
        return cluster().wal().list().map(stored -> stored.file()).toList();
    }
}
