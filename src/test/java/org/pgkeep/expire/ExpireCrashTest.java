package org.pgkeep.expire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;
import org.pgkeep.verify.Verify;

/** Breaks every step of an expire: what is left is sound, and to run it again leads to the same end as if nothing had happened. */
class ExpireCrashTest {
    @ParameterizedTest
    @EnumSource(names = {"FAIL", "FAIL_AFTER", "CRASH", "CRASH_AFTER"})
    void anExpireBrokenAtAnyStepIsCompletedByTheNext(FaultyStorage.Fault fault) {
        List<ObjectName> end = end(filled(), Optional.empty());
        boolean fired = true;
        int broken = 0;
        for (int at = 1; fired; at++) {
            Shelf shelf = filled();
            FaultyStorage faulty = new FaultyStorage(shelf.storage, fault, at, 1);
            broken += run(faulty, shelf) ? 0 : 1;
            fired = faulty.fired();
            Verify verify = new Verify(Repository.open(shelf.storage, shelf.clock), shelf.clock, Progress.SILENT);
            Verify.Result found = verify.run(Verify.Request.look(true, true, 1));
            assertThat(found.isDamaged()).as("%s: %s", faulty, found.findings()).isFalse();
            assertThat(end(shelf, Optional.of(faulty))).as(faulty.toString()).isEqualTo(end);
        }
        assertThat(broken).isGreaterThan(10);
    }

    private static boolean run(Storage storage, Shelf shelf) {
        try {
            Expire.Result _ = Shelf.expire(storage, shelf.clock).expire(Shelf.TERMS, Shelf.full(1));
            return true;
        } catch (PgkeepException | FaultyStorage.Crash e) {
            return false;
        }
    }

    private static List<ObjectName> end(Shelf shelf, Optional<FaultyStorage> broken) {
        // A lease of a process that died runs out.
        shelf.clock.move(61);
        assertThat(run(shelf.storage, shelf)).as(broken.toString()).isTrue();
        List<ObjectName> names = new ArrayList<>(TinyRepository.names(shelf.storage));
        names.removeIf(name -> name.value().contains("/leases/"));
        return names;
    }

    private static Shelf filled() {
        Shelf shelf = new Shelf(new MemoryStorage());
        Label first = shelf.backup(1);
        Label _ = shelf.backup(2);
        Label _ = shelf.backup(3);
        BackupMark _ = shelf.cluster().marks().change(first, mark -> mark.withNote(Optional.of("gone soon")));
        shelf.push(
                "000000010000000000000001",
                "000000010000000000000002",
                "000000010000000000000003",
                "000000010000000000000004",
                "000000010000000000000005");
        return shelf;
    }
}
