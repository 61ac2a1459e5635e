package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.repository.Validation.Depth;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

class LedgerTest {
    private static final Instant OLD = Instant.parse("2026-11-01T03:00:00Z");
    private static final Instant NEW = Instant.parse("2026-11-22T03:00:00Z");
    private static final Label FULL = Label.parse("20261031-203000F").orElseThrow();
    private static final int SEGMENT_BYTES = 16 << 20;

    private final Storage storage = new MemoryStorage();
    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);

    private static SegmentName segment(int number) {
        return SegmentName.parse("0000000100000000%08X".formatted(number)).orElseThrow();
    }

    private static Ledger parse(Ledger ledger) {
        return Ledger.parse(ledger.print(), "there");
    }

    @Test
    void aDeepLookIsAlsoAScrubAndAScrubNoDeepLook() {
        Ledger ledger = new Ledger();
        ledger.sound(FULL, 1, Depth.DEEP, OLD);
        ledger.sound(FULL, 2, Depth.SCRUB, OLD);
        ledger.sound(FULL, 1, Depth.SCRUB, NEW);
        Ledger read = parse(ledger);
        assertThat(read.look(FULL, 1, Depth.SCRUB)).contains(NEW);
        assertThat(read.look(FULL, 1, Depth.DEEP)).contains(OLD);
        assertThat(read.look(FULL, 2, Depth.SCRUB)).contains(OLD);
        assertThat(read.look(FULL, 2, Depth.DEEP)).isEmpty();
        assertThat(read.look(FULL, 3, Depth.SCRUB)).isEmpty();
        read.forget(FULL, 1);
        assertThat(read.look(FULL, 1, Depth.SCRUB)).isEmpty();
        read.retain(Set.of());
        assertThat(read.look(FULL, 2, Depth.SCRUB)).isEmpty();
    }

    @Test
    void segmentsAreRunsWithoutAGapOfOneTime() {
        WalRuns runs = new WalRuns(List.of());
        for (int number : new int[] {3, 4, 5, 7, 8, 0xFF, 0x100}) {
            runs.add(segment(number), number == 8 ? NEW : OLD, SEGMENT_BYTES);
        }
        assertThat(runs.list())
                .extracting(run -> run.first() + " " + run.last())
                .containsExactly(
                        segment(3) + " " + segment(5),
                        segment(7) + " " + segment(7),
                        segment(8) + " " + segment(8),
                        segment(0xFF) + " " + segment(0xFF),
                        segment(0x100) + " " + segment(0x100));
        assertThat(runs.look(segment(4))).contains(OLD);
        assertThat(runs.look(segment(6))).isEmpty();
        assertThat(runs.look(segment(2))).isEmpty();
        assertThat(runs.look(segment(5).onTimeline(2))).isEmpty();
    }

    @Test
    void aDamagedSegmentSplitsItsRun() {
        for (int damaged = 3; damaged <= 6; damaged++) {
            WalRuns runs = new WalRuns(List.of(new WalRuns.Run(segment(3), segment(6), OLD)));
            runs.remove(segment(damaged), SEGMENT_BYTES);
            for (int number = 3; number <= 6; number++) {
                assertThat(runs.look(segment(number)).isPresent())
                        .as("%d without %d", number, damaged)
                        .isEqualTo(number != damaged);
            }
        }
    }

    @Test
    void theExampleOfThePageIsThisLedger() throws IOException {
        Ledger ledger = GoldenRepository.ledger();
        String page = Files.readString(Path.of("docs/formats/ledger.md"));
        assertThat(page).contains(new String(ledger.print(), StandardCharsets.UTF_8));
        Ledger read = parse(ledger);
        assertThat(read.print()).isEqualTo(ledger.print());
    }

    @Test
    void whoComesLateLosesItsLedgerAndNothingElse() {
        LedgerObject one = cluster.ledger();
        LedgerObject other = cluster.ledger();
        Ledger ledger = one.read();
        ledger.sound(FULL, 1, Depth.SCRUB, NEW);
        assertThat(one.write(ledger)).isTrue();
        assertThat(other.write(new Ledger())).isFalse();
        LedgerObject third = cluster.ledger();
        assertThat(third.read().look(FULL, 1, Depth.SCRUB)).contains(NEW);
        assertThat(third.write(ledger)).isTrue();
    }

    @Test
    void aDamagedLedgerSaysSo() {
        cluster.ledger().write(new Ledger());
        TinyRepository.flip(storage, new ObjectName("clusters/main/ledger.json"), 9);
        assertThatThrownBy(() -> cluster.ledger().read())
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
        assertThat(cluster.ledger().write(new Ledger())).as("and is replaced").isTrue();
        assertThat(cluster.ledger().read().wal(1).list()).isEmpty();
    }
}
