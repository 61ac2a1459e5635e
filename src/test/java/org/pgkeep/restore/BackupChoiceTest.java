package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.RecoveryTimeline;
import org.pgkeep.progress.Progress;
import org.pgkeep.progress.Warnings;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Validation;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

class BackupChoiceTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant ONE = NOON.plusSeconds(3600);

    @TempDir
    private Path directory;

    private final Storage storage = new MemoryStorage();
    private Cluster cluster;
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void makeCluster() {
        cluster = new Cluster(storage);
    }

    private BackupRecord backup(String start, String stop, int timeline, Instant stopped) {
        return cluster.backup(new Cluster.Span(start, stop, timeline, stopped, BackupWal.ARCHIVE));
    }

    private static Wanted wanted(RecoveryTarget target, RecoveryTimeline timeline, Optional<Label> label) {
        RecoverySettings settings = new RecoverySettings(
                target,
                true,
                RecoverySettings.Action.PAUSE,
                timeline,
                false,
                Optional.of("cp %f %p"),
                Optional.empty());
        return Wanted.of(settings).withBackup(label);
    }

    private BackupChoice.Chosen choose(RecoveryTarget target, RecoveryTimeline timeline, Optional<Label> label) {
        return new BackupChoice(cluster.store, List.of(), wanted(target, timeline, label), new Warnings(warnings))
                .choose();
    }

    private Label chosen(RecoveryTarget target) {
        return choose(target, new RecoveryTimeline.Latest(), Optional.empty())
                .backup()
                .label();
    }

    private void assertUnreachable(RecoveryTarget target, String... why) {
        assertThatThrownBy(() -> chosen(target))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_UNREACHABLE))
                .hasMessageContainingAll(why);
    }

    private static RecoveryTarget lsn(String text) {
        return new RecoveryTarget.AtLsn(Lsn.parse(text));
    }

    @Test
    void aBackupThatHoldsItsWalNeedsNoneOfTheArchive() {
        BackupRecord streamed = cluster.backup(new Cluster.Span("0/2000028", "0/2000100", 1, NOON, BackupWal.STREAM));
        assertThat(chosen(new RecoveryTarget.Latest())).isEqualTo(streamed.label());
        assertUnreachable(lsn("0/3000000"), "WAL segment 000000010000000000000002 on the way to 0/3000000");
    }

    @Test
    void withoutTheArchiveOnlyABackupWillDoThatHoldsItsWal() throws Exception {
        Wanted alone = wanted(new RecoveryTarget.Latest(), new RecoveryTimeline.Current(), Optional.empty())
                .withWal(WalFrom.BACKUP);
        BackupRecord copied = cluster.backup(new Cluster.Span("0/2000028", "0/2000100", 1, NOON, BackupWal.COPY));
        BackupRecord newer = cluster.backup(directory);
        assertThat(new BackupChoice(cluster.store, List.of(), alone, new Warnings(warnings))
                        .choose()
                        .backup()
                        .label())
                .isEqualTo(copied.label());
        assertThat(warnings).singleElement().asString().contains(newer.label() + " is passed over", "--wal=stream");
        assertThatThrownBy(() -> new BackupChoice(
                                cluster.store,
                                List.of(),
                                alone.withBackup(Optional.of(newer.label())),
                                new Warnings(warnings))
                        .choose())
                .hasMessageContaining("it does not hold its WAL");
    }

    @Test
    void theNewestBackupBeforeTheTargetIsTaken() throws Exception {
        cluster.archive(
                directory,
                "000000010000000000000002",
                "000000010000000000000003",
                "000000010000000000000004",
                "000000010000000000000005");
        Label first = backup("0/2000028", "0/2000100", 1, NOON).label();
        Label second = backup("0/4000028", "0/4000100", 1, ONE).label();

        assertThat(chosen(new RecoveryTarget.Latest())).isEqualTo(second);
        assertThat(chosen(new RecoveryTarget.Immediate())).isEqualTo(second);
        assertThat(chosen(new RecoveryTarget.Name("before"))).isEqualTo(second);
        assertThat(chosen(new RecoveryTarget.Xid(700))).isEqualTo(second);
        assertThat(chosen(new RecoveryTarget.Time(ONE))).isEqualTo(second);
        assertThat(chosen(new RecoveryTarget.Time(ONE.minusNanos(1000)))).isEqualTo(first);
        assertThat(chosen(new RecoveryTarget.Time(NOON))).isEqualTo(first);
        assertThat(chosen(lsn("0/5000000"))).isEqualTo(second);
        assertThat(chosen(lsn("0/4000100"))).isEqualTo(second);
        assertThat(chosen(lsn("0/40000FF"))).isEqualTo(first);
        assertUnreachable(new RecoveryTarget.Time(NOON.minusSeconds(1)), first + ": it ended at 2026-11-21T12:00:00Z");
        assertUnreachable(lsn("0/2000000"), first + ": it ends at 0/2000100");
    }

    @Test
    void anLsnBehindTheArchiveIsUnreachable() throws Exception {
        cluster.archive(directory, "000000010000000000000002", "000000010000000000000003");
        backup("0/2000028", "0/2000100", 1, NOON);

        assertThat(chosen(lsn("0/3FFFFFF"))).isNotNull();
        assertUnreachable(lsn("0/4000000"), "000000010000000000000004", "0/4000000");
    }

    @Test
    void aGapOnTheWayToAnLsnIsFound() throws Exception {
        cluster.archive(directory, "000000010000000000000002", "000000010000000000000004", "000000010000000000000005");
        backup("0/2000028", "0/2000100", 1, NOON);

        assertUnreachable(lsn("0/5000000"), "000000010000000000000003");
    }

    @Test
    void aBackupWithoutItsOwnWalIsPassedOver() throws Exception {
        cluster.archive(directory, "000000010000000000000002", "000000010000000000000004");
        Label whole = backup("0/2000028", "0/2000100", 1, NOON).label();
        Label broken = backup("0/4000028", "0/5000100", 1, ONE).label();

        assertThat(chosen(new RecoveryTarget.Latest())).isEqualTo(whole);
        assertThat(warnings).hasSize(2);
        assertThat(warnings.getFirst()).contains(broken.value(), "000000010000000000000005");
        assertThat(warnings.getLast())
                .isEqualTo(
                        "WAL segment 000000010000000000000003 is not in the archive, and recovery ends before it, although there is WAL"
                                + " behind it, such as 000000010000000000000004: what was committed from 0/3000000 on is not restored");
        warnings.clear();
        assertThat(chosen(new RecoveryTarget.Immediate())).isEqualTo(whole);
        assertThat(warnings).as("it ends before the gap").noneMatch(warning -> warning.contains("recovery ends"));
        assertThatThrownBy(() ->
                        choose(new RecoveryTarget.Immediate(), new RecoveryTimeline.Latest(), Optional.of(broken)))
                .hasMessageContaining("000000010000000000000005");
    }

    @Test
    void aBackupMadeAfterTheTimelineWasLeftIsNotPartOfIt() throws Exception {
        cluster.archive(
                directory,
                "000000010000000000000002",
                "000000010000000000000003",
                "000000010000000000000004",
                "000000020000000000000003",
                "000000020000000000000004");
        cluster.archiveAs(directory, "00000002.history", "1\t0/3000060\tno recovery target specified\n");
        Label before = backup("0/2000028", "0/2000100", 1, NOON).label();
        Label abandoned = backup("0/4000028", "0/4000100", 1, ONE).label();

        assertThat(chosen(new RecoveryTarget.Latest())).isEqualTo(before);
        assertThat(warnings).singleElement().asString().contains(abandoned.value(), "0/3000060");
        assertThat(choose(new RecoveryTarget.Latest(), new RecoveryTimeline.Current(), Optional.empty())
                        .backup()
                        .label())
                .isEqualTo(abandoned);
        assertThat(choose(new RecoveryTarget.Latest(), new RecoveryTimeline.Exactly(1), Optional.empty())
                        .backup()
                        .label())
                .isEqualTo(abandoned);
        assertThat(chosen(new RecoveryTarget.Immediate())).isEqualTo(abandoned);
    }

    @Test
    void walOnBothSidesOfASwitchCounts() throws Exception {
        // The segment of the switch exists only on the new timeline: the old one was left in its middle.
        cluster.archive(
                directory,
                "000000010000000000000002",
                "000000020000000000000003",
                "000000020000000000000004",
                "000000030000000000000004");
        cluster.archiveAs(directory, "00000002.history", "1\t0/3000060\tpromoted\n");
        cluster.archiveAs(directory, "00000003.history", "1\t0/3000060\tpromoted\n\n2\t0/4000100\tpromoted\n");
        Label label = backup("0/2000028", "0/2000100", 1, NOON).label();

        BackupChoice.Chosen chosen = choose(lsn("0/4000200"), new RecoveryTimeline.Latest(), Optional.empty());
        assertThat(chosen.backup().label()).isEqualTo(label);
        assertThat(chosen.history().timeline()).isEqualTo(3);
        assertUnreachable(lsn("0/5000000"), "000000030000000000000005");
    }

    @Test
    void aTimelineThatIsNotInTheArchiveIsRefused() throws Exception {
        cluster.archive(directory, "000000010000000000000002");
        backup("0/2000028", "0/2000100", 1, NOON);

        assertThatThrownBy(() -> choose(new RecoveryTarget.Latest(), new RecoveryTimeline.Exactly(7), Optional.empty()))
                .hasMessageContaining("the timeline asked for is not in the archive");
    }

    @Test
    void whatIsKnownOfATimeIsSaid() throws Exception {
        cluster.archive(directory, "000000010000000000000002");
        backup("0/2000028", "0/2000100", 1, NOON);

        chosen(new RecoveryTarget.Time(Instant.now().plusSeconds(60)));
        assertThat(warnings).singleElement().asString().contains("000000010000000000000002");
        warnings.clear();
        chosen(new RecoveryTarget.Time(NOON.plusSeconds(60)));
        assertThat(warnings).isEmpty();
    }

    private void markDamaged(Label label) {
        BackupMark _ = cluster.store
                .marks()
                .change(
                        label,
                        mark -> mark.withValidation(
                                Validation.damaged(ONE, Validation.Depth.SCRUB, List.of("1.pack is missing", "more"))));
    }

    @Test
    void aDamagedBackupIsPassedOverForTheNextSoundOne() throws Exception {
        cluster.archive(directory, "000000010000000000000002", "000000010000000000000003", "000000010000000000000004");
        Label sound = backup("0/2000028", "0/2000100", 1, NOON).label();
        Label damaged = backup("0/4000028", "0/4000100", 1, ONE).label();
        markDamaged(damaged);

        assertThat(chosen(new RecoveryTarget.Latest())).isEqualTo(sound);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains(damaged + " is passed over for " + sound, "1.pack is missing and 1 more");
        assertThat(new BackupChoice(
                                cluster.store,
                                List.of(),
                                wanted(new RecoveryTarget.Latest(), new RecoveryTimeline.Latest(), Optional.empty())
                                        .withDamagedToo(true),
                                Progress.SILENT)
                        .choose()
                        .backup()
                        .label())
                .isEqualTo(damaged);
    }

    @Test
    void aDamagedBackupThatIsNamedIsRefusedWithTheOneToTake() throws Exception {
        cluster.archive(directory, "000000010000000000000002", "000000010000000000000003", "000000010000000000000004");
        Label sound = backup("0/2000028", "0/2000100", 1, NOON).label();
        Label damaged = backup("0/4000028", "0/4000100", 1, ONE).label();
        markDamaged(damaged);

        assertThatThrownBy(
                        () -> choose(new RecoveryTarget.Latest(), new RecoveryTimeline.Latest(), Optional.of(damaged)))
                .isInstanceOfSatisfying(PgkeepException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED);
                    assertThat(e.hint().orElseThrow()).contains("give --backup " + sound, "--allow-damaged");
                })
                .hasMessageContaining("1.pack is missing");
        markDamaged(sound);
        assertThatThrownBy(
                        () -> choose(new RecoveryTarget.Latest(), new RecoveryTimeline.Latest(), Optional.of(damaged)))
                .isInstanceOfSatisfying(
                        PgkeepException.class,
                        e -> assertThat(e.hint().orElseThrow())
                                .doesNotContain("--backup " + sound)
                                .contains("pgkeep verify --backup " + damaged));
        assertThatThrownBy(() -> chosen(new RecoveryTarget.Latest()))
                .as("nothing but damaged ones")
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContaining(damaged.value());
    }

    @Test
    void aMarkThatCannotBeReadHidesNoBackup() throws Exception {
        cluster.archive(directory, "000000010000000000000002");
        Label label = backup("0/2000028", "0/2000100", 1, NOON).label();
        markDamaged(label);
        TinyRepository.flip(storage, new ObjectName("clusters/main/marks/" + label + ".json"), 40);

        assertThat(chosen(new RecoveryTarget.Latest())).isEqualTo(label);
    }

    @Test
    void aClusterWithoutBackupsSaysSo() {
        assertThatThrownBy(() -> chosen(new RecoveryTarget.Latest())).hasMessage("cluster 'main' has no backup");
    }

    @Test
    void aColdBackupWithoutWalBehindItLeadsToNoTime() {
        BackupRecord cold = cluster.backup(new Cluster.Span("0/2000028", "0/2000028", 1, NOON, BackupWal.NONE));
        assertThat(chosen(new RecoveryTarget.Latest())).isEqualTo(cold.label());
        assertUnreachable(
                new RecoveryTarget.Time(ONE),
                "the archive, which has no WAL that follows on backup " + cold.label(),
                "no transaction that ended after the target time");
    }

    @Test
    void aColdBackupRecoversOnlyWalThatCameLater() throws Exception {
        cluster.backup(new Cluster.Span("0/2000028", "0/20000A0", 1, NOON, BackupWal.NONE));

        assertThat(choose(new RecoveryTarget.Latest(), new RecoveryTimeline.Latest(), Optional.empty())
                        .settings())
                .isEmpty();
        cluster.archive(directory, "000000010000000000000002");
        assertThat(choose(new RecoveryTarget.Latest(), new RecoveryTimeline.Latest(), Optional.empty())
                        .settings())
                .isPresent();
        assertThat(choose(new RecoveryTarget.Immediate(), new RecoveryTimeline.Latest(), Optional.empty())
                        .settings())
                .isEmpty();
    }
}
