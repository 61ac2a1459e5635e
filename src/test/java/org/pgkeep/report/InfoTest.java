package org.pgkeep.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Attempt;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.PathName;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Validation;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;

class InfoTest {
    private final Sketch sketch = new Sketch();

    @Test
    void anEmptyClusterIsReported() {
        ClusterReport report = sketch.report();
        assertThat(report.name()).isEqualTo(TinyRepository.MAIN);
        assertThat(report.history()).hasSize(1);
        assertThat(report.backups()).isEmpty();
        assertThat(report.wal()).isEmpty();
        assertThat(report.newest()).isEmpty();
        assertThat(report.problems()).as("there is nothing to lose yet").isEmpty();
    }

    @Test
    void timelinesAreRangesOfTheirOwn() {
        sketch.wal(1, 0xFFF, 0x1000).wal(2, 0x1000, 0x1000).wal(2, 0x1004, 0x1005);
        assertThat(sketch.report().wal())
                .extracting(WalRange::timeline, range -> range.held().map(WalRange.Held::segments), WalRange::isSound)
                .containsExactly(tuple(1, Optional.of(2L), true), tuple(2, Optional.of(3L), false));
        assertThat(sketch.report().wal().getLast().held().orElseThrow().gaps())
                .containsExactly(new WalRange.Gap(Sketch.segment(2, 0x1001), Sketch.segment(2, 0x1003), 3));
    }

    @Test
    void aBackupThatRunsIsToldFromOneThatWasCutOff() {
        try (BackupWriter writer = sketch.cluster.begin(BackupType.FULL, TinyRepository.OWNER)) {
            sketch.clock.move(30);
            assertThat(sketch.report().work()).singleElement().satisfies(work -> {
                assertThat(work.label()).contains(writer.label());
                assertThat(work.status()).isEqualTo(BackupStatus.RUNNING);
                assertThat(work.silence()).contains(Duration.ofSeconds(30));
                assertThat(work.copied()).contains(new Attempt.Copied(0, 0));
            });
            sketch.clock.move(31);
            assertThat(sketch.report().work())
                    .singleElement()
                    .satisfies(work -> assertThat(work.status()).isEqualTo(BackupStatus.ABORTED));
            assertThat(sketch.report().problems())
                    .extracting(Problem::kind)
                    .containsExactly(Problem.Kind.BACKUP_ABORTED);
        }
        assertThat(sketch.report().work()).isEmpty();
    }

    @Test
    void ofABackupThatWasCutOffItIsToldHowMuchTheNextOneCanUse() {
        try (BackupWriter writer = sketch.cluster.begin(BackupType.FULL, TinyRepository.OWNER)) {
            TinyRepository.store(writer, TinyRepository.files(1));
            assertThat(sketch.report().work())
                    .singleElement()
                    .satisfies(work ->
                            assertThat(work.reusableBytes()).as("while it runs").isEmpty());
            sketch.clock.move(61);
            long packs = sketch.cluster.packs(writer.label()).values().stream()
                    .mapToLong(ObjectInfo::sizeBytes)
                    .sum();
            assertThat(packs).isPositive();
            assertThat(sketch.report().work())
                    .singleElement()
                    .satisfies(work -> assertThat(work.reusableBytes()).contains(packs));
        }
    }

    @Test
    void whoHoldsTheLeaseForOtherWorkIsTold() {
        try (var _ = sketch.cluster.leases().take(Work.EXPIRE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            assertThat(sketch.report().work())
                    .extracting(ClusterReport.Work::what, ClusterReport.Work::owner)
                    .containsExactly(tuple("expire", TinyRepository.OWNER));
        }
    }

    @Test
    void aDamagedRecordIsReportedBesideTheOthers() {
        Label first = sketch.full("0/300028", "0/400100");
        sketch.clock.move(5);
        Label second = sketch.full("0/300028", "0/400100");
        TinyRepository.flip(sketch.storage, TinyRepository.only(sketch.storage, first + "/backup.json"), 9);
        ClusterReport report = sketch.report();
        assertThat(report.backups()).extracting(BackupEntry::label).containsExactly(second);
        assertThat(report.unreadable())
                .extracting(ClusterReport.Unreadable::label, ClusterReport.Unreadable::code)
                .containsExactly(tuple(first, ErrorCode.DAMAGED));
        assertThat(report.problems()).extracting(Problem::kind).contains(Problem.Kind.RECORD_UNREADABLE);
    }

    @Test
    void aDamagedClusterRecordHidesNoOtherCluster() {
        Repository repository = Repository.open(sketch.storage, sketch.clock);
        repository.register(new ClusterName("other"), 7, "16");
        TinyRepository.flip(sketch.storage, new ObjectName("clusters/main/cluster.json"), 9);
        Info.RepositoryReport report = new Info(repository, sketch.clock).report(Optional.empty());
        assertThat(report.clusters())
                .extracting(cluster -> cluster.name().value())
                .containsExactly("other");
        assertThat(report.unreadable())
                .extracting(Info.UnreadableCluster::name, Info.UnreadableCluster::code)
                .containsExactly(tuple(TinyRepository.MAIN, ErrorCode.DAMAGED));
    }

    @Test
    void aStatusIsTheWorstThatIsKnown() {
        sketch.wal(1, 3, 9);
        Label ok = sketch.full("0/300028", "0/400100");
        sketch.clock.move(5);
        Label verified = sketch.full("0/300028", "0/400100");
        sketch.cluster.marks().change(verified, mark -> mark.withValidation(sound()));
        sketch.clock.move(5);
        Label damaged = sketch.full("0/300028", "0/400100");
        sketch.cluster
                .marks()
                .change(
                        damaged,
                        mark -> mark.withValidation(Validation.damaged(
                                sketch.clock.instant(), Validation.Depth.DEEP, List.of("pack 1 is missing"))));
        sketch.clock.move(5);
        sketch.warnings(new BackupRecord.Warning("base/1/2", List.of(7L), "page 7 is bad"));
        Label warned = sketch.full("0/300028", "0/400100");
        sketch.cluster.marks().change(warned, mark -> mark.withValidation(sound()));
        sketch.clock.move(5);
        Label withoutWal = sketch.full("0/900028", "0/B00100");
        assertThat(sketch.report().backups())
                .extracting(BackupEntry::label, BackupEntry::status)
                .containsExactly(
                        tuple(ok, BackupStatus.OK),
                        tuple(verified, BackupStatus.VERIFIED),
                        tuple(damaged, BackupStatus.DAMAGED),
                        tuple(warned, BackupStatus.WARNINGS),
                        tuple(withoutWal, BackupStatus.DAMAGED));
        assertThat(sketch.report().problems())
                .extracting(Problem::message)
                .contains("backup " + damaged + ": pack 1 is missing");
    }

    private void markDamaged(Label label) {
        sketch.cluster
                .marks()
                .change(
                        label,
                        mark -> mark.withValidation(Validation.damaged(
                                sketch.clock.instant(), Validation.Depth.SCRUB, List.of("1.pack is missing"))));
    }

    @Test
    void noMomentIsCalledRestorableToWhichOnlyADamagedBackupLeads() {
        sketch.wal(1, 3, 4);
        Label sound = sketch.full("0/300028", "0/400100");
        sketch.clock.move(60);
        sketch.wal(1, 6, 7);
        Label damaged = sketch.full("0/600028", "0/700100");
        assertThat(sketch.report().newest().orElseThrow().backup()).isEqualTo(damaged);
        markDamaged(damaged);
        assertThat(sketch.report().newest().orElseThrow().backup()).isEqualTo(sound);
        markDamaged(sound);
        assertThat(sketch.report().newest()).isEmpty();
        assertThat(sketch.report().problems()).extracting(Problem::kind).contains(Problem.Kind.NOTHING_RESTORABLE);
    }

    @Test
    void aClusterRecordThatWasPutBackHidesNoBackup() {
        Label label = sketch.wal(1, 3, 4).full("0/300028", "0/400100");
        TinyRepository.putBackClusterRecord(sketch.storage);
        Repository repository = Repository.open(sketch.storage, sketch.clock);
        ClusterReport report = new Info(repository, sketch.clock)
                .report(Optional.of(TinyRepository.MAIN))
                .clusters()
                .getFirst();
        assertThat(report.backups()).extracting(BackupEntry::label).containsExactly(label);
    }

    private Validation sound() {
        return Validation.sound(sketch.clock.instant(), Validation.Depth.SCRUB);
    }

    @Test
    void aChainBeginsWithTheOldestBaseThatStillExists() {
        Label full = sketch.full("0/300028", "0/400100");
        sketch.clock.move(5);
        Label first = sketch.incremental(full, "0/300028", "0/400100");
        sketch.clock.move(5);
        Label second = sketch.incremental(first, "0/300028", "0/400100");
        assertThat(sketch.report().backups()).extracting(BackupEntry::chain).containsExactly(full, full, full);
        try (Lease lease = sketch.cluster.leases().take(Work.DELETE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            assertThat(sketch.cluster.removal(1).backups(List.of(full), lease)).containsKey(full);
        }
        assertThat(sketch.report().backups())
                .extracting(BackupEntry::label, BackupEntry::chain)
                .containsExactly(tuple(first, first), tuple(second, first));
    }

    @Test
    void oneBackupIsToldWithItsDatabasesTablespacesAndDamagedPages() {
        sketch.entries(
                Sketch.file("PG_VERSION", 3),
                Sketch.file("base/5/1259", 16_384, 1L),
                Sketch.file("base/5/1259_fsm", 8192),
                Sketch.file("global/1262", 8192),
                Sketch.file("pg_tblspc/16390/PG_17_202406281/5/16391", 24_576));
        Label label = sketch.full("0/300028", "0/400100");
        BackupDetail detail = new Info(Repository.open(sketch.storage, sketch.clock), sketch.clock)
                .report(TinyRepository.MAIN, label.value());
        BackupContents contents = detail.contents().orElseThrow();
        assertThat(contents.databases())
                .containsExactly(new BackupContents.Database(
                        5, Optional.of("postgres"), new BackupContents.Amount(3, 16_384 + 8192 + 24_576)));
        assertThat(contents.tablespaces())
                .containsExactly(
                        new BackupContents.Tablespace(
                                1663, "pg_default", Optional.empty(), new BackupContents.Amount(2, 24_576)),
                        new BackupContents.Tablespace(
                                1664, "pg_global", Optional.empty(), new BackupContents.Amount(1, 8192)),
                        new BackupContents.Tablespace(
                                16_390,
                                "fast",
                                Optional.of(PathName.of("/mnt/fast")),
                                new BackupContents.Amount(1, 24_576)));
        assertThat(contents.other()).isEqualTo(new BackupContents.Amount(1, 3));
        assertThat(contents.damaged())
                .containsExactly(new BackupContents.DamagedFile(PathName.of("base/5/1259"), List.of(1L)));
        TinyRepository.flip(sketch.storage, TinyRepository.only(sketch.storage, "manifest.pb.zst"), 20);
        assertThat(new Info(Repository.open(sketch.storage, sketch.clock), sketch.clock)
                        .report(TinyRepository.MAIN, label.value())
                        .unreadable())
                .as("the rest is told nevertheless")
                .isPresent();
    }

    @Test
    void whatIsNotThereIsAnError() {
        Info info = new Info(Repository.open(sketch.storage, sketch.clock), sketch.clock);
        assertCode(() -> info.report(Optional.of(new ClusterName("other"))), ErrorCode.CLUSTER_UNKNOWN);
        assertCode(() -> info.report(TinyRepository.MAIN, "20200101-000000F"), ErrorCode.BACKUP_UNKNOWN);
    }

    private static void assertCode(Runnable action, ErrorCode code) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
