package org.pgkeep.expire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Pin;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Validation;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.memory.MemoryStorage;

/** What expire and delete do in a repository. */
class ExpireTest {
    private static final String[] SEGMENTS = {
        "000000010000000000000001",
        "000000010000000000000002",
        "000000010000000000000003",
        "000000010000000000000004",
        "000000010000000000000005"
    };

    private final Shelf shelf = new Shelf(new MemoryStorage());
    private Label first = Label.parse("20261121-203000F").orElseThrow();
    private Label second = first;
    private Label third = first;

    @BeforeEach
    void fill() {
        first = shelf.backup(1);
        second = shelf.backup(2);
        third = shelf.backup(3);
        shelf.push(SEGMENTS);
    }

    @Test
    void whatNoPolicyKeepsGoesWithItsPacksAndTheWalBeforeTheRest() {
        Expire.Result dry = shelf.expire().expire(Shelf.DRY, Shelf.full(2));
        assertThat(shelf.labels()).as("a dry run").containsExactly(first, second, third);
        Expire.Result result = shelf.expire().expire(Shelf.TERMS, Shelf.full(2));
        assertThat(result).as("a dry run tells what a run does").isEqualTo(dry);
        assertThat(result.plan().going()).containsExactly(first);
        assertThat(shelf.labels()).containsExactly(second, third);
        assertThat(shelf.wal()).containsExactly(SEGMENTS[2], SEGMENTS[3], SEGMENTS[4]);
        assertThat(TinyRepository.names(shelf.storage))
                .noneMatch(name -> name.value().contains(first.value()));
        assertThat(result.backups()).containsOnlyKeys(first);
        assertThat(result.freed().objects()).isGreaterThan(4);
        assertThat(shelf.expire().expire(Shelf.TERMS, Shelf.full(2)).freed().objects())
                .as("run again")
                .isZero();
    }

    @Test
    void withoutAPolicyEverythingStaysAndSaysSo() {
        Expire.Result result = shelf.expire().expire(Shelf.TERMS, Policy.NONE);
        assertThat(result.plan().isEmpty()).isTrue();
        assertThat(result.plan().staying())
                .hasSize(3)
                .allMatch(fate -> fate.reasons().equals(List.of(new Reason.NoPolicy())));
        assertThat(shelf.wal()).containsExactly(SEGMENTS);
    }

    @Test
    void aPinnedBackupStaysUntilItsPinEnds() {
        Instant end = shelf.clock.instant().plusSeconds(60);
        mark(mark -> mark.withPin(Optional.of(new Pin(Optional.of(end), false))));
        Expire.Result result = shelf.expire().expire(Shelf.TERMS, Shelf.full(1));
        assertThat(result.plan().going()).containsExactly(second);
        shelf.clock.move(60);
        assertThat(shelf.expire().expire(Shelf.TERMS, Shelf.full(1)).plan().going())
                .containsExactly(first);
    }

    private void mark(java.util.function.UnaryOperator<BackupMark> change) {
        BackupMark _ = shelf.cluster().marks().change(first, change);
    }

    @Test
    void aMarkThatCannotBeReadIsTakenForAPin() {
        mark(mark -> mark.withNote(Optional.of("note")));
        TinyRepository.flip(shelf.storage, TinyRepository.only(shelf.storage, "marks/" + first + ".json"), 20);
        Expire.Result result = shelf.expire().expire(Shelf.TERMS, Shelf.full(1));
        assertThat(result.plan().going()).containsExactly(second);
        assertMustStay(() -> delete(false, false, first), "must stay: whether it is pinned cannot be read");
    }

    @Test
    void aRecordThatCannotBeReadKeepsItsBackupAndAllWal() {
        TinyRepository.flip(shelf.storage, TinyRepository.only(shelf.storage, first + "/backup.json"), 20);
        Expire.Result result = shelf.expire().expire(Shelf.TERMS, Shelf.full(1));
        assertThat(result.plan().going()).containsExactly(second);
        assertThat(shelf.wal()).containsExactly(SEGMENTS);
        assertThat(delete(false, true).plan().going()).as("--status damaged").containsExactly(first);
        assertThat(shelf.expire().expire(Shelf.TERMS, Shelf.full(1)).plan().goingWal())
                .hasSize(1);
    }

    @Test
    void aDamagedBackupDoesNotCount() {
        mark(mark -> mark);
        BackupMark _ = shelf.cluster()
                .marks()
                .change(
                        third,
                        mark -> mark.withValidation(
                                Validation.damaged(shelf.clock.instant(), Validation.Depth.SCRUB, List.of("pack 1"))));
        Expire.Result result = shelf.expire().expire(Shelf.TERMS, Shelf.full(1));
        assertThat(result.plan().going()).containsExactly(first);
    }

    @Test
    void whatIsOfAStatusIsDeleted() {
        BackupMark _ = shelf.cluster()
                .marks()
                .change(
                        second,
                        mark -> mark.withValidation(Validation.sound(shelf.clock.instant(), Validation.Depth.SCRUB)));
        assertThat(deleteAll(BackupStatus.WARNINGS)).isEmpty();
        assertThat(deleteAll(BackupStatus.DAMAGED)).isEmpty();
        assertThat(deleteAll(BackupStatus.VERIFIED)).containsExactly(second);
        assertThat(deleteAll(BackupStatus.OK)).containsExactly(first, third);
    }

    private List<Label> deleteAll(BackupStatus status) {
        return shelf.expire()
                .delete(Shelf.TERMS, new Expire.Wish(List.of(), false, Optional.empty(), Optional.of(status), true))
                .plan()
                .going();
    }

    @Test
    void whileABackupRunsNothingIsExpired() {
        // A lease shows that it lives by the time that it is refreshed at, so this clock must go.
        Repository living =
                Repository.open(shelf.storage, InstantSource.system()).withLeaseTerm(Duration.ofSeconds(20));
        Expire expire = new Expire(living, InstantSource.system(), Progress.SILENT);
        try (Lease _ = living.cluster(TinyRepository.MAIN)
                .leases()
                .take(Work.BACKUP, TinyRepository.OWNER, Leases.Patience.NONE)) {
            assertThat(expire.expire(Shelf.DRY, Shelf.full(1)).plan().going()).hasSize(2);
            assertThatThrownBy(() -> expire.expire(Shelf.TERMS, Shelf.full(1)))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HELD));
        }
        assertThat(shelf.labels()).hasSize(3);
    }

    private Expire.Result delete(boolean force, boolean damaged, Label... labels) {
        return shelf.expire()
                .delete(
                        Shelf.TERMS,
                        new Expire.Wish(
                                List.of(labels),
                                false,
                                Optional.empty(),
                                damaged ? Optional.of(BackupStatus.DAMAGED) : Optional.empty(),
                                force));
    }

    @Test
    void deleteRemovesWhatIsNamedAndLeavesTheWal() {
        assertThat(delete(false, false, second).plan().going()).containsExactly(second);
        assertThat(shelf.labels()).containsExactly(first, third);
        assertThat(shelf.wal()).containsExactly(SEGMENTS);
        assertThatThrownBy(() -> delete(false, false, second))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKUP_UNKNOWN));
    }

    @Test
    void theLastGoodBackupIsDeletedOnlyByForce() {
        assertMustStay(() -> delete(false, false, first, second, third), "that can be restored would be left");
        assertThat(shelf.labels()).hasSize(3);
        assertThat(delete(true, false, first, second, third).plan().going()).hasSize(3);
        assertThat(shelf.labels()).isEmpty();
    }

    @Test
    void aPinnedBackupIsNotDeletedEvenByForce() {
        mark(mark -> mark.withPin(Optional.of(new Pin(Optional.empty(), false))));
        assertMustStay(() -> delete(true, false, first), "must stay: it is pinned");
        Expire.Wish old = new Expire.Wish(
                List.of(), false, Optional.of(shelf.clock.instant().minusSeconds(60)), Optional.empty(), false);
        assertThat(shelf.expire().delete(Shelf.TERMS, old).plan().going())
                .as("--older-than passes pinned ones over")
                .containsExactly(second);
    }

    private static void assertMustStay(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String says) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MUST_STAY))
                .hasMessageContaining(says);
    }
}
