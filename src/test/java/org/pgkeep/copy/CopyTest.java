package org.pgkeep.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.compact.Compact;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.Freed;
import org.pgkeep.repository.GivenName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Pin;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Work;
import org.pgkeep.storage.ObjectName;

/** What a copy brings, and what it leaves where it is. */
class CopyTest {
    @TempDir
    private Path temporary;

    private TwoRepositories two;

    @BeforeEach
    void fill() {
        two = new TwoRepositories(temporary, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChainIsCopiedAsItIs(boolean sealed) {
        two = new TwoRepositories(temporary, sealed);
        two.copy(two.label(0));
        List<String> before = two.objects();
        List<Copy.Copied> dry = two.copy(two.second, true);
        assertThat(two.objects()).as("a dry run").isEqualTo(before);
        assertThat(dry).extracting(Copy.Copied::wasThere).containsExactly(true, false, false);
        two = new TwoRepositories(temporary, sealed);
        List<Copy.Copied> copied = two.copy();
        assertThat(copied).extracting(Copy.Copied::label).containsExactly(two.label(0), two.label(1), two.label(2));
        assertThat(copied).noneMatch(Copy.Copied::wasThere);
        for (int i = 0; i < 3; i++) {
            assertThat(two.wrong(i)).isEmpty();
            assertThat(copied.get(i).packs())
                    .isEqualTo(two.backups.get(i).sizes().packs());
        }
        assertThat(copied.get(2).walFiles()).isEqualTo(2);
        assertThat(two.verify().isDamaged()).isFalse();
        assertThat(two.target().backups()).isEqualTo(two.source().backups());

        List<String> objects = two.objects();
        assertThat(two.copy()).allMatch(Copy.Copied::wasThere).allMatch(each -> each.packs() == 0 && each.bytes() == 0);
        assertThat(two.objects()).isEqualTo(objects);
    }

    @Test
    void ofOlderPacksOnlyTheFramesComeThatTheBackupNeeds() {
        Copy.Copied copied = two.copy(two.label(2)).getFirst();
        assertThat(two.wrong(2)).isEmpty();
        assertThat(two.verify().isDamaged()).isFalse();
        assertThat(two.target().backups()).hasSize(1);
        long all = two.backups.stream()
                .flatMap(backup -> backup.sizes().packBytes().stream())
                .mapToLong(Long::longValue)
                .sum();
        assertThat(copied.bytes()).isPositive().isLessThan(all - 1_000_000);

        // What was left out comes with who needs it.
        two.copy(two.label(0));
        assertThat(two.wrong(0)).isEmpty();
        assertThat(two.wrong(2)).isEmpty();
        assertThat(two.verify().isDamaged()).isFalse();
    }

    @Test
    void whatACompactionDroppedThereComesBackWithWhoNeedsIt() {
        two.copy();
        try (Lease lease = two.target().leases().take(Work.DELETE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            SortedMap<Label, Freed> _ = two.target().removal(1).backups(List.of(two.label(0)), lease);
        }
        Compact.Result compacted = new Compact(two.repository(two.second), Progress.SILENT)
                .run(new Compact.Request(TinyRepository.MAIN, 100, Optional.empty(), false, Duration.ZERO));
        assertThat(compacted.rewritten()).isNotEmpty();
        two.copy(two.label(0));
        for (int i = 0; i < 3; i++) {
            assertThat(two.wrong(i)).isEmpty();
        }
        assertThat(two.verify().isDamaged()).isFalse();
    }

    @Test
    void aCopyThatLostAPackGetsItBack() {
        two.copy();
        ObjectName lost = TinyRepository.only(two.second, two.label(1) + "/packs/1.pack");
        two.second.delete(lost);
        assertThat(two.verify().isDamaged()).isTrue();
        Copy.Copied healed = two.copy(two.label(1)).getFirst();
        assertThat(healed.wasThere()).isTrue();
        assertThat(healed.packs()).isEqualTo(1);
        assertThat(two.verify().isDamaged()).isFalse();

        byte[] whole = TinyRepository.bytes(two.second, lost);
        TinyRepository.overwrite(two.second, lost, Arrays.copyOf(whole, whole.length - 10));
        two.copy(two.label(1));
        assertThat(TinyRepository.bytes(two.second, lost)).isEqualTo(whole);
    }

    /** Only where a look has found damage: to prove all that is there would cost what copying does. */
    @Test
    void whatVerifyFoundDamagedIsBroughtBack() {
        two.copy();
        byte[] whole =
                TinyRepository.bytes(two.second, TinyRepository.only(two.second, two.label(0) + "/packs/1.pack"));
        TinyRepository.names(two.second).stream()
                .filter(name -> name.value().endsWith("/packs/1.pack"))
                .forEach(pack -> TinyRepository.flip(two.second, pack, 100));
        assertThat(two.copy()).allMatch(each -> each.packs() == 0);
        assertThat(two.verifyAndMark().isDamaged()).isTrue();
        assertThat(two.copy()).allMatch(Copy.Copied::wasThere).anyMatch(each -> each.packs() > 0);
        assertThat(two.verifyAndMark().isDamaged()).isFalse();
        assertThat(TinyRepository.bytes(two.second, TinyRepository.only(two.second, two.label(0) + "/packs/1.pack")))
                .isEqualTo(whole);
        for (int i = 0; i < 3; i++) {
            assertThat(two.wrong(i)).isEmpty();
            assertThat(two.target().marks().damage(two.label(i))).isEmpty();
        }
    }

    /** Which frames its manifest names cannot be told, so none of them is relied on. */
    @Test
    void anotherBackupThereThatCannotBeReadHindersNothing() {
        two.copy(two.label(0));
        TinyRepository.flip(two.second, TinyRepository.only(two.second, two.label(0) + "/manifest.pb.zst"), 20);
        Copy.Copied copied = two.copy(two.label(1)).getFirst();
        assertThat(copied.packs()).isGreaterThan(two.backups.get(1).sizes().packs());
        assertThat(two.wrong(1)).isEmpty();
    }

    @Test
    void whatPeopleSaidOfABackupGoesWithIt() {
        BackupMark _ = two.source()
                .marks()
                .change(
                        two.label(0),
                        mark -> mark.withPin(Optional.of(new Pin(Optional.empty(), true)))
                                .withName(GivenName.parse("before-upgrade"))
                                .withNote(Optional.of("the last one of 15")));
        two.copy(two.label(0));
        assertThat(two.target().marks().of(two.label(0)))
                .isEqualTo(two.source().marks().of(two.label(0)));
    }

    @Test
    void whatIsNotTheSameBackupIsNeverMixed() {
        // The same second, another backup.
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-20T20:30:00Z");
        Label _ = TinyRepository.coldBackup(TinyRepository.cluster(two.second, clock), clock, TinyRepository.files(5))
                .label();
        List<String> before = two.objects();
        assertThatThrownBy(() -> two.copy(two.label(0)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        // It needs packs of the one that is another there.
        assertThatThrownBy(() -> two.copy(two.label(1)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThat(two.objects()).containsAll(before);
        assertThat(two.target().backups()).hasSize(1);
        assertThat(two.verify().isDamaged()).isFalse();
    }

    @Test
    void whatIsDamagedIsNotCopied() {
        ObjectName pack = TinyRepository.only(two.first, two.label(0) + "/packs/1.pack");
        TinyRepository.flip(two.first, pack, 100);
        assertThatThrownBy(() -> two.copy(two.label(0)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContaining("1.pack");
        assertThat(two.target().backups()).isEmpty();

        TinyRepository.names(two.first).stream()
                .filter(name -> name.value().contains("000000010000000000000004-"))
                .forEach(two.first::delete);
        assertThatThrownBy(() -> two.copy(two.label(2)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContaining("needs 000000010000000000000004, which is missing in");
    }

    @Test
    void aRepositoryIsNotCopiedIntoItself() {
        assertThatThrownBy(() -> two.copy(two.first, false))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
    }
}
