package org.pgkeep.expire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.codec.Compression;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.Storage;

/** A small repository with full backups and WAL around them, made and expired without a server. */
final class Shelf {
    static final Expire.Terms TERMS = new Expire.Terms(TinyRepository.MAIN, false, 1, Duration.ZERO);
    static final Expire.Terms DRY = new Expire.Terms(TinyRepository.MAIN, true, 1, Duration.ZERO);

    final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    final Storage storage;

    Shelf(Storage storage) {
        this.storage = storage;
    }

    /** A backup of an online cluster; its WAL is the segments 3 and 4 of timeline 1. */
    Label backup(int seed) {
        clock.move(3600);
        BackupRecord backup =
                TinyRepository.backup(cluster(), clock, TinyRepository.files(seed), true, Compression.DEFAULT);
        return backup.label();
    }

    ClusterStore cluster() {
        return TinyRepository.cluster(storage, clock);
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
        return expire(storage, clock);
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
