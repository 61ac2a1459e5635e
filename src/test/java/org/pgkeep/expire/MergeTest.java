package org.pgkeep.expire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestReader;
import org.pgkeep.repository.Pin;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Validation;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

/** What a merge does in a repository. */
class MergeTest {
    private static final MemoryStorage MADE = new MemoryStorage();
    private static final ChainShelf CHAIN = new ChainShelf(new Shelf(MADE));

    private final MemoryStorage storage = new MemoryStorage();
    private final ChainShelf chain = CHAIN.in(copy());

    private MemoryStorage copy() {
        TinyRepository.copy(MADE, storage);
        return storage;
    }

    private Expire.Merged merge(Label label) {
        return chain.shelf.expire().merge(Shelf.TERMS, label, false);
    }

    @Test
    void theBackupBecomesAFullOneAndThoseItBuildsOnGo() {
        BackupRecord before = chain.shelf.cluster().backup(chain.second);
        Expire.Merged dry = chain.shelf.expire().merge(Shelf.DRY, chain.second, false);
        assertThat(chain.shelf.labels()).as("a dry run").isEqualTo(chain.all());
        Expire.Merged merged = merge(chain.second);
        assertThat(merged).as("a dry run tells what a run does").isEqualTo(dry);
        assertThat(merged.changed()).isTrue();
        assertThat(merged.neededBytes()).isPositive();
        assertThat(merged.removed().plan().going()).containsExactly(chain.full, chain.differential, chain.first);
        assertThat(merged.removed().freed().bytes()).isPositive();
        assertThat(chain.shelf.labels()).containsExactly(chain.aside, chain.second, chain.third);

        BackupRecord after = chain.shelf.cluster().backup(chain.second);
        assertThat(after.type()).isEqualTo(BackupType.FULL);
        assertThat(after.base()).isEmpty();
        assertThat(after.differential()).isEmpty();
        assertThat(after.merged())
                .contains(new BackupRecord.Merged(
                        chain.shelf.clock.instant(), List.of(chain.full, chain.differential, chain.first)));
        assertThat(after.references()).isEqualTo(before.references());
        assertThat(after.manifest()).isEqualTo(before.manifest());
        assertAllSound();
    }

    private void assertAllSound() {
        for (Label label : chain.shelf.labels()) {
            assertThat(chain.wrong(label)).as("%s", label).isEmpty();
        }
        assertThat(chain.verify().findings()).isEmpty();
    }

    @Test
    void runAgainItSaysThatThereIsNothingToDo() {
        Expire.Merged _ = merge(chain.second);
        List<ObjectName> names = TinyRepository.names(storage);
        Expire.Merged again = merge(chain.second);
        assertThat(again.changed()).isFalse();
        assertThat(again.removed().freed().objects()).isZero();
        assertThat(TinyRepository.names(storage)).isEqualTo(names);
        Expire.Merged full = merge(chain.aside);
        assertThat(full.changed()).as("its base is gone, so none goes").isTrue();
        assertThat(full.removed().plan().going()).isEmpty();
    }

    @Test
    void aFullBackupIsLeftAlone() {
        Expire.Merged merged = merge(chain.full);
        assertThat(merged.changed()).isFalse();
        assertThat(merged.removed().plan().isEmpty()).isTrue();
        assertThat(chain.shelf.labels()).isEqualTo(chain.all());
    }

    @Test
    void aChainOnAMergedBackupIsMergedAsAnyOther() {
        Expire.Merged _ = merge(chain.first);
        assertThat(merge(chain.third).removed().plan().going()).containsExactly(chain.first, chain.second);
        assertThat(chain.shelf.labels()).containsExactly(chain.aside, chain.third);
        assertAllSound();
    }

    @Test
    void aPinnedBackupThatWouldGoIsNamed() {
        pin(chain.full);
        pin(chain.first);
        pin(chain.second);
        List<ObjectName> names = TinyRepository.names(storage);
        assertMustStay(
                () -> merge(chain.second),
                chain.full + ": it is pinned; " + chain.first + ": it is pinned",
                "pgkeep unpin " + chain.full);
        assertThat(TinyRepository.names(storage)).isEqualTo(names);
        assertThat(chain.shelf.cluster().backup(chain.second).base()).contains(chain.first);
        unpin(chain.full);
        unpin(chain.first);
        assertThat(merge(chain.second).removed().plan().going()).hasSize(3);
        assertThat(chain.shelf.cluster().marks().of(chain.second).pin())
                .as("its own pin stays")
                .isPresent();
    }

    private void pin(Label label) {
        mark(label, Optional.of(new Pin(Optional.empty(), false)));
    }

    private void unpin(Label label) {
        mark(label, Optional.empty());
    }

    private void mark(Label label, Optional<Pin> pin) {
        BackupMark _ = chain.shelf.cluster().marks().change(label, mark -> mark.withPin(pin));
    }

    @Test
    void whatABackupBuildsOnStaysWhileThatCannotBeRestored() {
        BackupMark _ = chain.shelf
                .cluster()
                .marks()
                .change(
                        chain.second,
                        mark -> mark.withValidation(Validation.damaged(
                                chain.shelf.clock.instant(), Validation.Depth.SCRUB, List.of("pack 1"))));
        assertMustStay(() -> merge(chain.second), "cannot be restored", "--force");
        assertThat(chain.shelf.labels()).isEqualTo(chain.all());
        assertThat(chain.shelf.expire().merge(Shelf.TERMS, chain.second, true).changed())
                .isTrue();
    }

    @Test
    void aBackupWithoutAPackIsNotMergedEvenByForce() {
        boolean _ = storage.delete(TinyRepository.only(storage, chain.full + "/packs/1.pack"));
        assertThatThrownBy(() -> chain.shelf.expire().merge(Shelf.TERMS, chain.second, true))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContaining(chain.full + "/packs/1.pack is missing");
        assertThat(chain.shelf.labels()).isEqualTo(chain.all());
    }

    @Test
    void aBackupThatIsNotThereIsSaid() {
        Label nobody = Label.parse("20200101-000000I").orElseThrow();
        assertThatThrownBy(() -> merge(nobody))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKUP_UNKNOWN))
                .hasMessageContaining(nobody.value());
    }

    @Test
    void theChainEndsAtABaseThatCannotBeRead() {
        TinyRepository.flip(storage, TinyRepository.only(storage, chain.differential + "/backup.json"), 20);
        assertThat(merge(chain.second).removed().plan().going()).containsExactly(chain.first);
        assertThat(chain.shelf.cluster().listing().unreadable()).containsOnlyKeys(chain.differential);
        assertThat(chain.wrong(chain.second)).isEmpty();
        assertThat(chain.wrong(chain.full)).isEmpty();
    }

    @Test
    void whoReadTheRecordBeforeReadsOn() {
        ClusterStore cluster = chain.shelf.cluster();
        BackupRecord before = cluster.backup(chain.second);
        try (ManifestReader manifest = cluster.manifest(chain.second)) {
            Expire.Merged _ = merge(chain.second);
            cluster.scrubManifest(before);
            cluster.assertPacks(before);
            Optional<Entry> entry = manifest.next();
            while (entry.isPresent()) {
                entry = manifest.next();
            }
        }
        assertThat(chain.wrong(chain.second)).isEmpty();
    }

    @Test
    void retentionCountsItAsAFullBackup() {
        Expire.Merged _ = merge(chain.second);
        Expire.Result result = chain.shelf.expire().expire(Shelf.DRY, Shelf.full(1));
        assertThat(result.plan().going()).containsExactly(chain.aside);
    }

    @Test
    void differentialBackupsBeforeItCountNoMoreInItsLine() {
        Policy diff = new Policy(
                OptionalInt.empty(),
                OptionalInt.of(1),
                Optional.empty(),
                java.util.Map.of(),
                java.time.ZoneOffset.UTC,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Policy.Chains.FREE);
        Label differential =
                chain.shelf.increment(BackupType.DIFFERENTIAL, chain.full, Shelf.changed(TinyRepository.files(1), 9));
        assertThat(going(diff)).as("on an old differential one").contains(chain.second, chain.third);
        Expire.Merged _ = merge(chain.second);
        assertThat(going(diff)).doesNotContain(chain.second, chain.third, differential);
        assertThat(chain.shelf.cluster().backup(chain.third).differential()).contains(chain.differential);
    }

    private List<Label> going(Policy policy) {
        return chain.shelf.expire().expire(Shelf.DRY, policy).plan().going();
    }

    @Test
    void whatIsNeededIsSaidBeforeAnythingIsWritten() {
        List<String> said = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public Step step(String name, long bytes) {
                return Progress.SILENT.step(name, bytes);
            }

            @Override
            public void info(String message) {
                said.add(message);
                assertThat(chain.shelf.labels()).isEqualTo(chain.all());
                assertThat(chain.shelf.cluster().backup(chain.second).merged()).isEmpty();
            }

            @Override
            public void warn(String message) {
                throw new AssertionError(message);
            }

            @Override
            public void debug(String message) {
                throw new AssertionError(message);
            }
        };
        Repository repository = Repository.open(storage, chain.shelf.clock);
        Expire.Merged merged =
                new Expire(repository, chain.shelf.clock, progress).merge(Shelf.TERMS, chain.second, false);
        assertThat(said).singleElement().asString().contains("needs ", "frees ", chain.second.value());
        assertThat(merged.neededBytes()).isPositive();
    }

    private static void assertMustStay(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String says, String hints) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(PgkeepException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.MUST_STAY);
                    assertThat(e.hint().orElseThrow()).contains(hints);
                })
                .hasMessageContaining(says);
    }
}
