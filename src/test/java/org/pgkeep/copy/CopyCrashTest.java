package org.pgkeep.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.layer.FaultyStorage;

/** Breaks every step of a copy: what exists there is whole, and to run it again leads to the same end. */
class CopyCrashTest {
    @TempDir
    private Path temporary = Path.of("/nowhere");

    @ParameterizedTest
    @CsvSource({"FAIL, false", "FAIL_AFTER, false", "CRASH, false", "CRASH_AFTER, false", "CRASH, true"})
    void aCopyBrokenAtAnyStepIsCompletedByTheNext(FaultyStorage.Fault fault, boolean sealed) {
        TwoRepositories made = new TwoRepositories(temporary, sealed);
        TwoRepositories whole = made.again();
        whole.copy();
        Set<List<String>> seen = new HashSet<>();
        boolean fired = true;
        int broken = 0;
        for (int at = 1; fired; at++) {
            TwoRepositories two = made.again();
            FaultyStorage faulty = new FaultyStorage(two.second, fault, at, at);
            broken += copies(two, faulty) ? 0 : 1;
            fired = faulty.fired();
            two.clock.move(61);
            if (seen.add(two.objects())) {
                assertThat(two.verify().isDamaged()).as(faulty.toString()).isFalse();
                two.copy();
                assertThat(two.objects()).as(faulty.toString()).isEqualTo(whole.objects());
                for (int i = 0; i < two.backups.size(); i++) {
                    assertThat(two.wrong(i)).as(faulty.toString()).isEmpty();
                }
            }
        }
        assertThat(broken).isPositive();
        assertThat(seen).as("states between nothing and all").hasSizeGreaterThan(10);
    }

    private static boolean copies(TwoRepositories two, FaultyStorage faulty) {
        try {
            List<Copy.Copied> _ = two.copy(faulty, false);
            return true;
        } catch (PgkeepException | FaultyStorage.Crash e) {
            return false;
        }
    }
}
