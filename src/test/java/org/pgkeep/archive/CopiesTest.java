package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.WalArchive;

class CopiesTest {
    private static final String SEGMENT = "000000010000000000000003";
    private static final ArchivePush.Result STORED =
            new ArchivePush.Result(SEGMENT, WalArchive.Pushed.STORED, Optional.empty());
    private static final ArchiveGet.Result FETCHED = new ArchiveGet.Result.Fetched(SEGMENT, 100);
    private static final ArchiveGet.Result MISSING = new ArchiveGet.Result.Missing(SEGMENT, Optional.empty());

    private final Copies copies = new Copies(Progress.SILENT);
    private final List<String> asked = new ArrayList<>();

    @Test
    void aPushGoesToAllAndOneThatFailsHindersNoneAndIsAFailure() {
        assertThat(copies.push(List.of(place("a", () -> STORED), place("b", () -> STORED))))
                .containsExactly(STORED, STORED);
        asked.clear();
        assertThatThrownBy(() -> copies.push(List.of(
                        place("a", dead(ErrorCode.DISK_FULL)),
                        place("b", () -> STORED),
                        place("c", dead(ErrorCode.STORAGE)),
                        place("d", () -> STORED))))
                .isInstanceOfSatisfying(PgkeepException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL);
                    assertThat(e.hint().orElseThrow()).startsWith("Mount it. PostgreSQL keeps the file");
                })
                .hasMessage("repository 'a': it is dead; 'b' and 'd' took it");
        assertThat(asked).containsExactly("a", "b", "c", "d");
    }

    @Test
    void whatNobodyExpectedHindersNoneEither() {
        assertThatThrownBy(() -> copies.push(List.of(
                        place("a", () -> {
                            throw new IllegalStateException("what?");
                        }),
                        place("b", () -> STORED))))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUG));
        assertThat(asked).containsExactly("a", "b");
    }

    @Test
    void theFirstThatHasTheFileGivesIt() {
        assertThat(copies.get(List.of(place("a", () -> MISSING), place("b", () -> FETCHED), place("c", () -> FETCHED))))
                .isEqualTo(FETCHED);
        assertThat(asked).containsExactly("a", "b");
        assertThat(copies.get(List.of(place("a", dead(ErrorCode.DAMAGED)), place("b", () -> FETCHED))))
                .isEqualTo(FETCHED);
    }

    @Test
    void missingIsSaidOnlyWhenAllCouldBeAsked() {
        assertThat(copies.get(List.of(place("a", () -> MISSING), place("b", () -> MISSING))))
                .isEqualTo(MISSING);
        Copies.Place<ArchiveGet.Result> dead = place("dead", dead(ErrorCode.STORAGE));
        Copies.Place<ArchiveGet.Result> living = place("b", () -> MISSING);
        for (List<Copies.Place<ArchiveGet.Result>> one : List.of(List.of(dead, living), List.of(living, dead))) {
            assertThatThrownBy(() -> copies.get(one))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE))
                    .hasMessage("repository 'dead': it is dead; the others do not have the file");
        }
    }

    private <T> Copies.Place<T> place(String name, Supplier<T> work) {
        return new Copies.Place<>(name, () -> {
            asked.add(name);
            return work.get();
        });
    }

    private static <T> Supplier<T> dead(ErrorCode code) {
        return () -> {
            throw new PgkeepException(code, "it is dead", "Mount it.");
        };
    }
}
