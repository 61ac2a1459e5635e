package org.pgkeep.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.ReadOnlyStorage;
import org.pgkeep.storage.memory.MemoryStorage;

/** What is not read again, because it was verified lately. */
class LooksTest {
    private static final ObjectName LEDGER = new ObjectName("clusters/main/ledger.json");

    @TempDir
    private Path temporary = Path.of("/nowhere");

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final Storage storage = new MemoryStorage(clock);
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);
    private Label label = Label.parse("20261121-203000F").orElseThrow();

    @BeforeEach
    void makeBackup() throws IOException {
        label = TinyRepository.backup(cluster, clock, TinyRepository.files(1), true, Compression.DEFAULT)
                .label();
        push(3);
        push(4);
        push(5);
        clock.move(3600);
    }

    private void push(int number) throws IOException {
        String name = "00000001000000000000000" + number;
        Path file = Files.write(temporary.resolve("segment"), TinyRepository.segment(name, 9));
        cluster.wal().push(name, file, Compression.DEFAULT);
    }

    private Verify.Result verify(boolean deep, int days) {
        return verify(storage, deep, Optional.of(Duration.ofDays(days)), true);
    }

    private Verify.Result verify(Storage on, boolean deep, Optional<Duration> olderThan, boolean mark) {
        Verify.Request request = new Verify.Request(
                Optional.empty(),
                Optional.empty(),
                deep,
                true,
                Set.of(),
                olderThan.map(clock.instant()::minus),
                mark,
                2);
        return new Verify(Repository.open(on, clock), clock, Progress.SILENT).run(request);
    }

    private void days(int days) {
        clock.move(days * 86_400L);
    }

    private static long[] read(Verify.Result result) {
        return new long[] {
            result.counts().packs(), result.counts().walFiles(), result.counts().recent()
        };
    }

    @Test
    void whatWasVerifiedLatelyIsNotReadAgainAndTheMarkSaysWhenThatWas() {
        assertThat(read(verify(false, 30))).as("nobody looked yet").containsExactly(2, 3, 0);
        var first = clock.instant();
        days(29);
        Verify.Result again = verify(false, 30);
        assertThat(read(again)).containsExactly(0, 0, 5);
        assertThat(again.findings()).isEmpty();
        assertThat(cluster.marks().of(label).validation().orElseThrow().at()).isEqualTo(first);
        days(2);
        assertThat(read(verify(false, 30)))
                .as("as what was not read was not looked at")
                .containsExactly(2, 3, 0);
        assertThat(cluster.marks().of(label).validation().orElseThrow().at()).isEqualTo(clock.instant());
    }

    @Test
    void onlyWhatIsNewIsRead() throws IOException {
        verify(false, 30);
        days(1);
        push(6);
        assertThat(read(verify(false, 30))).containsExactly(0, 1, 5);
        assertThat(read(verify(false, 30))).containsExactly(0, 0, 6);
    }

    @Test
    void aScrubIsNoDeepLook() {
        verify(false, 30);
        assertThat(read(verify(true, 30))).as("WAL is always read whole").containsExactly(2, 0, 3);
        assertThat(read(verify(true, 30))).containsExactly(0, 0, 5);
        assertThat(read(verify(false, 30))).containsExactly(0, 0, 5);
    }

    @Test
    void whatWasDamagedIsAlwaysReadAgain() {
        verify(false, 30);
        ObjectName pack = new ObjectName("clusters/main/backups/" + label + "/packs/1.pack");
        ObjectName segment = TinyRepository.names(storage).stream()
                .filter(name -> name.value().contains("000000010000000000000005-"))
                .findFirst()
                .orElseThrow();
        TinyRepository.flip(storage, pack, 100);
        TinyRepository.flip(storage, segment, 500);
        days(31);
        assertThat(verify(false, 30).errors()).isEqualTo(2);
        Verify.Result again = verify(false, 30);
        assertThat(again.errors()).isEqualTo(2);
        assertThat(again.counts().recent()).isEqualTo(3);
        TinyRepository.flip(storage, pack, 100);
        TinyRepository.flip(storage, segment, 500);
        assertThat(verify(false, 30).errors()).isZero();
    }

    @Test
    void aPackThatWasStoredSinceIsAnotherOne() {
        verify(false, 30);
        days(1);
        ObjectName pack = new ObjectName("clusters/main/backups/" + label + "/packs/1.pack");
        TinyRepository.overwrite(storage, pack, TinyRepository.bytes(storage, pack));
        assertThat(read(verify(false, 30))).containsExactly(1, 0, 4);
    }

    @Test
    void aDamagedLedgerStopsNothingAndIsReplaced() {
        verify(false, 30);
        TinyRepository.flip(storage, LEDGER, 9);
        Verify.Result result = verify(false, 30);
        assertThat(result.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.NOTE);
            assertThat(finding.message()).contains("all is verified", LEDGER.value());
        });
        assertThat(read(result)).containsExactly(2, 3, 0);
        assertThat(read(verify(false, 30))).containsExactly(0, 0, 5);
    }

    @Test
    void aLedgerOfANewerPgkeepStays() {
        storage.create(LEDGER, TinyRepository.record("{\n  \"format\" : 2"));
        byte[] newer = TinyRepository.bytes(storage, LEDGER);
        assertThat(read(verify(false, 30))).containsExactly(2, 3, 0);
        assertThat(TinyRepository.bytes(storage, LEDGER)).isEqualTo(newer);
    }

    @Test
    void withoutMarksAndWithoutTheRightToWriteNoLedgerIsWritten() {
        verify(storage, false, Optional.empty(), false);
        assertThat(storage.info(LEDGER)).isEmpty();
        Verify.Result result = verify(new ReadOnlyStorage(storage), false, Optional.empty(), true);
        assertThat(result.isDamaged()).isFalse();
        assertThat(storage.info(LEDGER)).isEmpty();
    }

    @Test
    void withoutAnAgeEverythingIsRead() {
        verify(false, 30);
        assertThat(read(verify(storage, false, Optional.empty(), true))).containsExactly(2, 3, 0);
        assertThat(cluster.ledger().read().wal(1).list()).hasSize(1);
    }
}
