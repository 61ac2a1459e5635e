package org.pgkeep.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.memory.MemoryStorage;

class InfoTest {
    @TempDir
    private Path directory;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage(clock);
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);

    @Test
    void anEmptyClusterIsReported() {
        Info.ClusterReport report = report();
        assertThat(report.name()).isEqualTo(TinyRepository.MAIN);
        assertThat(report.history()).hasSize(1);
        assertThat(report.backups()).isEmpty();
        assertThat(report.wal()).isEmpty();
    }

    @Test
    void aBackupReachesAsFarAsItsWalIsUnbroken() throws IOException {
        BackupRecord backup = backup();
        push("000000010000000000000002", "000000010000000000000003");
        assertThat(report().recovery().getFirst().complete())
                .as("its last segment is missing")
                .isFalse();
        clock.move(60);
        push("000000010000000000000004", "000000010000000000000005", "000000010000000000000007");
        Info.ClusterReport report = report();
        assertThat(report.recovery())
                .containsExactly(new RecoveryWindow(
                        backup.label(),
                        1,
                        backup.stopped(),
                        backup.stopLsn(),
                        Optional.of(clock.instant()),
                        Optional.of(Lsn.parse("0/600000")),
                        true));
        assertThat(report.wal()).singleElement().satisfies(range -> {
            assertThat(range.first()).hasToString("000000010000000000000002");
            assertThat(range.last()).hasToString("000000010000000000000007");
            assertThat(range.segments()).isEqualTo(5);
            assertThat(range.gaps())
                    .containsExactly(
                            new WalRange.Gap(segment("000000010000000000000006"), segment("000000010000000000000006")));
        });
    }

    @Test
    void timelinesAreRangesOfTheirOwn() throws IOException {
        push("000000010000000000000FFF", "000000010000000100000000", "000000020000000100000000");
        assertThat(report().wal())
                .extracting(WalRange::timeline, WalRange::segments, WalRange::gaps)
                .containsExactly(tuple(1, 2L, List.of()), tuple(2, 1L, List.of()));
    }

    @Test
    void aBackupThatRunsIsToldFromOneThatWasCutOff() {
        try (BackupWriter writer = cluster.begin(BackupType.FULL, TinyRepository.OWNER)) {
            clock.move(30);
            assertThat(report().attempts()).singleElement().satisfies(attempt -> {
                assertThat(attempt.attempt().label()).isEqualTo(writer.label());
                assertThat(attempt.running()).isTrue();
                assertThat(attempt.silence()).isEqualTo(Duration.ofSeconds(30));
            });
            clock.move(31);
            assertThat(report().attempts())
                    .singleElement()
                    .satisfies(attempt -> assertThat(attempt.running()).isFalse());
        }
        assertThat(report().attempts()).isEmpty();
    }

    @Test
    void aDamagedRecordIsReportedBesideTheOthers() {
        BackupRecord first = backup();
        clock.move(5);
        BackupRecord second = backup();
        TinyRepository.flip(storage, TinyRepository.only(storage, first.label() + "/backup.json"), 9);
        Info.ClusterReport report = report();
        assertThat(report.backups()).containsExactly(second);
        assertThat(report.unreadable()).singleElement().satisfies(unreadable -> {
            assertThat(unreadable.label()).isEqualTo(first.label());
            assertThat(unreadable.code()).isEqualTo(ErrorCode.DAMAGED);
        });
    }

    @Test
    void whatIsNotThereIsAnError() {
        Info info = new Info(Repository.open(storage, clock), clock);
        assertCode(
                () -> info.report(new Info.Request(Optional.of(new ClusterName("other")), Optional.empty())),
                ErrorCode.CLUSTER_UNKNOWN);
        assertCode(
                () -> info.report(new Info.Request(Optional.of(TinyRepository.MAIN), Label.parse("20200101-000000F"))),
                ErrorCode.BACKUP_UNKNOWN);
    }

    private static void assertCode(Runnable action, ErrorCode code) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private BackupRecord backup() {
        return TinyRepository.backup(cluster, clock, Map.of("PG_VERSION", new byte[] {'1'}), true, Compression.DEFAULT);
    }

    private void push(String... segments) throws IOException {
        for (String name : segments) {
            Path file = Files.write(directory.resolve(name), TinyRepository.segment(name, 1));
            cluster.wal().push(name, file, Compression.DEFAULT);
        }
    }

    private static SegmentName segment(String name) {
        return SegmentName.parse(name).orElseThrow();
    }

    private Info.ClusterReport report() {
        Info info = new Info(Repository.open(storage, clock), clock);
        return info.report(new Info.Request(Optional.empty(), Optional.empty()))
                .clusters()
                .getFirst();
    }
}
