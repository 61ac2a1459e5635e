package org.pgkeep.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.FaultyStorage;

/** Breaks every step of a compaction: the backup comes back as it was taken, and to run it again leads to the same end. */
class CompactCrashTest {
    private static final Hollow PLAIN = Hollow.make(false);
    private static final Hollow SEALED = Hollow.make(true);

    @ParameterizedTest
    @CsvSource({
        "FAIL, false",
        "FAIL_AFTER, false",
        "CRASH, false",
        "CRASH_AFTER, false",
        "FAIL_AFTER, true",
        "CRASH, true"
    })
    void aCompactionBrokenAtAnyStepIsCompletedByTheNext(FaultyStorage.Fault fault, boolean sealed) {
        Hollow made = sealed ? SEALED : PLAIN;
        List<String> end = end(made.copy(), Optional.empty());
        Set<List<String>> sound = new HashSet<>();
        boolean fired = true;
        int broken = 0;
        for (int at = 1; fired; at++) {
            Hollow hollow = made.copy();
            FaultyStorage faulty = new FaultyStorage(hollow.storage, fault, at, 1);
            broken += compact(hollow, faulty) ? 0 : 1;
            fired = faulty.fired();
            if (sound.add(objects(hollow))) {
                assertThat(hollow.wrong()).as(faulty.toString()).isEmpty();
                assertThat(hollow.verify().isDamaged()).as(faulty.toString()).isFalse();
            }
            assertThat(end(hollow, Optional.of(faulty))).as(faulty.toString()).isEqualTo(end);
            assertThat(hollow.wrong()).as(faulty.toString()).isEmpty();
        }
        assertThat(broken).isPositive();
        assertThat(sound).as("before and after").hasSizeBetween(2, 3);
    }

    private static boolean compact(Hollow hollow, Storage through) {
        try {
            Compact.Result _ = hollow.compact(through, 50, false);
            return true;
        } catch (PgkeepException | FaultyStorage.Crash e) {
            return false;
        }
    }

    private static List<String> end(Hollow hollow, Optional<FaultyStorage> broken) {
        // A lease of a process that died runs out.
        hollow.clock.move(61);
        assertThat(compact(hollow, hollow.storage)).as(broken.toString()).isTrue();
        return objects(hollow);
    }

    /** Names and lengths. */
    private static List<String> objects(Hollow hollow) {
        List<String> objects = new ArrayList<>();
        TinyRepository.names(hollow.storage).stream()
                .filter(name -> !name.value().contains("/leases/"))
                .forEach(name -> objects.add(
                        name + " " + hollow.storage.info(name).orElseThrow().sizeBytes()));
        return objects;
    }
}
