package org.pgkeep.expire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;

/**
 * Breaks every step of a merge: every backup that is there comes back as it was taken, none went before the commit, and to run it again
 * leads to the same end as if nothing had happened.
 */
class MergeCrashTest {
    private static final MemoryStorage PLAIN = new MemoryStorage();
    private static final MemoryStorage SEALED = new MemoryStorage();
    private static final ChainShelf PLAIN_CHAIN = new ChainShelf(new Shelf(PLAIN));
    private static final ChainShelf SEALED_CHAIN = new ChainShelf(Shelf.sealed(SEALED));

    @ParameterizedTest
    @CsvSource({
        "FAIL, false",
        "FAIL_AFTER, false",
        "CRASH, false",
        "CRASH_AFTER, false",
        "FAIL_AFTER, true",
        "CRASH_AFTER, true"
    })
    void aMergeBrokenAtAnyStepIsCompletedByTheNext(FaultyStorage.Fault fault, boolean sealed) {
        List<ObjectName> end = end(filled(sealed), Optional.empty());
        boolean fired = true;
        int broken = 0;
        int uncommitted = 0;
        Set<Found> sound = new HashSet<>();
        for (int at = 1; fired; at++) {
            ChainShelf chain = filled(sealed);
            FaultyStorage faulty = new FaultyStorage(chain.shelf.storage, fault, at, 1);
            broken += merge(chain, faulty) ? 0 : 1;
            fired = faulty.fired();
            uncommitted += assertNothingIsLost(chain, faulty, sound) ? 0 : 1;
            assertThat(end(chain, Optional.of(faulty))).as(faulty.toString()).isEqualTo(end);
        }
        assertThat(broken).isGreaterThan(8);
        assertThat(uncommitted).isPositive().isLessThan(broken);
    }

    private static ChainShelf filled(boolean sealed) {
        MemoryStorage copy = new MemoryStorage();
        TinyRepository.copy(sealed ? SEALED : PLAIN, copy);
        return (sealed ? SEALED_CHAIN : PLAIN_CHAIN).in(copy);
    }

    private static boolean merge(ChainShelf chain, Storage through) {
        try {
            Expire expire = new Expire(chain.shelf.repository(through), chain.shelf.clock, Progress.SILENT);
            Expire.Merged _ = expire.merge(Shelf.TERMS, chain.second, false);
            return true;
        } catch (PgkeepException | FaultyStorage.Crash e) {
            return false;
        }
    }

    /** What a merge left behind; the same is looked at once. */
    private record Found(boolean committed, List<ObjectName> objects) {
        static Found in(ChainShelf chain) {
            boolean committed = chain.shelf.cluster().backup(chain.second).type() == BackupType.FULL;
            return new Found(committed, withoutLease(chain));
        }
    }

    /** Whether the merge was committed. */
    private static boolean assertNothingIsLost(ChainShelf chain, FaultyStorage faulty, Set<Found> sound) {
        Found found = Found.in(chain);
        List<Label> labels = chain.shelf.labels();
        assertThat(labels)
                .as(faulty.toString())
                .containsAll(found.committed ? List.of(chain.aside, chain.second, chain.third) : chain.all());
        if (sound.add(found)) {
            assertThat(chain.verify().isDamaged()).as(faulty.toString()).isFalse();
            for (Label label : labels) {
                assertThat(chain.wrong(label)).as("%s: %s", faulty, label).isEmpty();
            }
        }
        return found.committed;
    }

    private static List<ObjectName> end(ChainShelf chain, Optional<FaultyStorage> broken) {
        // A lease of a process that died runs out.
        chain.shelf.clock.move(61);
        assertThat(merge(chain, chain.shelf.storage)).as(broken.toString()).isTrue();
        assertThat(chain.shelf.labels()).containsExactly(chain.aside, chain.second, chain.third);
        assertThat(chain.shelf.cluster().backup(chain.second).type()).isEqualTo(BackupType.FULL);
        return withoutLease(chain);
    }

    private static List<ObjectName> withoutLease(ChainShelf chain) {
        List<ObjectName> names = new ArrayList<>(TinyRepository.names(chain.shelf.storage));
        names.removeIf(name -> name.value().contains("/leases/"));
        return names;
    }
}
