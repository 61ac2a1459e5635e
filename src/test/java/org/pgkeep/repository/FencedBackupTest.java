package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

/** Processes that sleep through the end of their lease, and what others do meanwhile. */
class FencedBackupTest {
    private static final Owner OTHER = new Owner("otherhost", 12, "00000000-0000-0000-0000-000000000002");
    private static final Resume RESUME = new Resume(true, Compression.DEFAULT.toString(), _ -> {});

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final Map<String, byte[]> files = TinyRepository.files(1);
    private final List<Label> claimed = new ArrayList<>();

    @Test
    void whatABackupThatGaveUpStoredIsLeftToTheNext() {
        Label left = stored(begin(storage, TinyRepository.OWNER));
        assertThat(cluster(storage).attempts()).extracting(Attempt::state).containsExactly(Attempt.State.LEFT);
        assertThat(cluster(storage).leases().holder())
                .as("the lease was given back")
                .isEmpty();
        takeOver();
        assertThat(claimed).containsExactly(left);
    }

    @Test
    void aBackupThatStoredNothingLeavesNothing() {
        begin(storage, TinyRepository.OWNER).close();
        assertThat(cluster(storage).attempts()).isEmpty();
    }

    @Test
    void whatIsDiscardedIsRemoved() {
        BackupWriter writer = begin(storage, TinyRepository.OWNER);
        writer.discard();
        Label label = stored(writer);
        assertThat(cluster(storage).attempts()).isEmpty();
        assertThat(cluster(storage).objects(label)).isEmpty();
    }

    @Test
    void whoSleptBeforeTheCommitIsFencedAndTouchesNothing() {
        BackupWriter slept = begin(storage, TinyRepository.OWNER);
        TinyRepository.store(slept, files);
        clock.move(61);
        takeOver();
        assertThat(claimed).containsExactly(slept.label());
        assertCode(() -> TinyRepository.commit(slept, clock, files), ErrorCode.LEASE_LOST);
        slept.discard();
        slept.close();
        assertThat(cluster(storage).find(slept.label())).isEmpty();
        assertThat(cluster(storage).packs(slept.label()))
                .as("the packs are another's now")
                .isNotEmpty();
    }

    @Test
    void whoSleepsBetweenTheLastLookAndTheCommitTakesItBack() {
        Storage worst = new Interposed(storage, "F/backup.json", () -> {
            clock.move(61);
            takeOver();
        });
        BackupWriter slept = begin(worst, TinyRepository.OWNER);
        TinyRepository.store(slept, files);
        assertCode(() -> TinyRepository.commit(slept, clock, files), ErrorCode.LEASE_LOST);
        slept.close();
        assertThat(claimed).containsExactly(slept.label());
        assertThat(cluster(storage).find(slept.label())).isEmpty();
        assertThat(cluster(storage).packs(slept.label())).isNotEmpty();
    }

    @Test
    void whoSleepsBeforeItRemovesAnAttemptThatAnotherClaimsRemovesNothing() {
        Label left = stored(begin(storage, TinyRepository.OWNER));
        clock.move(5);
        Storage worst = new Interposed(storage, "/attempts/", () -> {
            clock.move(61);
            takeOver();
        });
        assertCode(() -> cluster(worst).begin(BackupType.FULL, TinyRepository.OWNER), ErrorCode.LEASE_LOST);
        assertThat(claimed).containsExactly(left);
        assertThat(cluster(storage).packs(left)).isNotEmpty();
    }

    @Test
    void whoSleepsBeforeItSweepsRemovesNothingThatABackupNamesWhichCameMeanwhile() {
        List<Entry> entries;
        Label left;
        try (BackupWriter writer = begin(storage, TinyRepository.OWNER)) {
            entries = TinyRepository.pack(writer, files, Compression.DEFAULT);
            left = writer.label();
        }
        clock.move(5);
        AtomicReference<BackupRecord> meanwhile = new AtomicReference<>();
        Resume unlike = new Resume(true, "lz4", _ -> {
            clock.move(61);
            try (BackupWriter writer = begin(storage, OTHER)) {
                meanwhile.set(TinyRepository.commitResumed(writer, clock, left, entries));
            }
        });
        assertCode(
                () -> cluster(storage).begin(() -> BackupType.FULL, TinyRepository.OWNER, Leases.Patience.NONE, unlike),
                ErrorCode.LEASE_LOST);
        assertThat(meanwhile.get().references())
                .extracting(BackupRecord.Reference::label)
                .containsExactly(left);
        cluster(storage).assertPacks(meanwhile.get());
    }

    /** A process that believes to hold the lease condemns an attempt before it removes its packs; then its owner does not commit. */
    @Test
    void whoseAttemptWasCondemnedDoesNotCommit() {
        BackupWriter writer = begin(storage, OTHER);
        TinyRepository.store(writer, files);
        Lease believed = new Lease(
                storage,
                new BackupNames(TinyRepository.MAIN).lease("backup"),
                clock,
                cluster(storage).leases().holder().orElseThrow());
        new Predecessors(storage, new BackupNames(TinyRepository.MAIN), cluster(storage), TinyRepository.OWNER)
                .settle(Resume.NONE, clock.instant(), believed);
        assertCode(() -> TinyRepository.commit(writer, clock, files), ErrorCode.LEASE_LOST);
        assertThat(cluster(storage).find(writer.label())).isEmpty();
        writer.close();
    }

    /** Another backup takes over, and ends without a commit: what it claimed stays claimed. */
    private void takeOver() {
        try (BackupWriter writer = begin(storage, OTHER)) {
            claimed.addAll(writer.claimed());
        }
    }

    private Label stored(BackupWriter writer) {
        try (writer) {
            TinyRepository.store(writer, files);
            return writer.label();
        }
    }

    private BackupWriter begin(Storage on, Owner owner) {
        return cluster(on).begin(() -> BackupType.FULL, owner, Leases.Patience.NONE, RESUME);
    }

    private ClusterStore cluster(Storage on) {
        return TinyRepository.cluster(on, clock);
    }

    private static void assertCode(Runnable action, ErrorCode code) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
