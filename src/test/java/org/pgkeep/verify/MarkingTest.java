package org.pgkeep.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pgkeep.codec.Compression;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Pin;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Validation;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.ReadOnlyStorage;
import org.pgkeep.storage.memory.MemoryStorage;

/** A full backup, an incremental one in its packs, another full one: what verify notes of each. */
class MarkingTest {
    private static final String[] NEEDED = {"000000010000000000000003", "000000010000000000000004"};

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final Storage storage = new MemoryStorage(clock);
    private ClusterStore cluster = TinyRepository.cluster(storage, clock);
    private Label full = label(1);
    private Label incremental = full;
    private Label other = full;

    private Label label(int seed) {
        return TinyRepository.backup(cluster, clock, TinyRepository.files(seed), true, Compression.DEFAULT)
                .label();
    }

    @BeforeEach
    void makeBackups() {
        for (String name : NEEDED) {
            push(name);
        }
        clock.move(60);
        incremental = TinyRepository.incremental(cluster, clock, full, Map.of("base/5/16386", new byte[] {1}))
                .label();
        clock.move(60);
        other = label(2);
        clock.move(3600);
    }

    private void push(String name) {
        try {
            Path file = Files.createTempFile("pgkeep", ".wal");
            try {
                Files.write(file, TinyRepository.segment(name, 9));
                cluster.wal().push(name, file, Compression.DEFAULT);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Verify.Request request(boolean deep, boolean wal) {
        return new Verify.Request(Optional.empty(), Optional.empty(), deep, wal, Set.of(), Optional.empty(), true, 2);
    }

    private Verify.Result verify(Verify.Request request) {
        return new Verify(Repository.open(storage, clock), clock, Progress.SILENT).run(request);
    }

    private Optional<Validation> validation(Label label) {
        return cluster.marks().of(label).validation();
    }

    private boolean isDamaged(Label label) {
        return validation(label).orElseThrow().isDamaged();
    }

    private ObjectName pack(Label label) {
        return new ObjectName("clusters/main/backups/" + label + "/packs/1.pack");
    }

    private static List<String> messages(Verify.Result result) {
        return result.findings().stream().map(Finding::message).toList();
    }

    @Test
    void soundBackupsAreMarkedWithTimeAndDepth() {
        assertThat(verify(request(false, true)).judged())
                .hasSize(3)
                .allMatch(judged ->
                        judged.marked() && !judged.healed() && !judged.found().isDamaged());
        assertThat(validation(full)).contains(Validation.sound(clock.instant(), Validation.Depth.SCRUB));
        clock.move(60);
        verify(request(true, true));
        assertThat(validation(other)).contains(Validation.sound(clock.instant(), Validation.Depth.DEEP));
    }

    @Test
    void aDamagedPackMarksEveryBackupThatNeedsItAndNoOther() {
        TinyRepository.flip(storage, pack(full), 100);
        assertThat(verify(request(false, true)).isDamaged()).isTrue();
        assertThat(isDamaged(full)).isTrue();
        assertThat(validation(incremental).orElseThrow().damage())
                .singleElement()
                .asString()
                .contains("1.pack", "frame 0");
        assertThat(isDamaged(other)).isFalse();
    }

    @Test
    void whatWasHealedIsUnmarked() {
        byte[] sound = TinyRepository.bytes(storage, pack(full));
        TinyRepository.flip(storage, pack(full), 100);
        verify(request(false, true));
        TinyRepository.overwrite(storage, pack(full), sound);
        Verify.Result healed = verify(request(false, true));
        assertThat(healed.judged())
                .filteredOn(Verify.Judged::healed)
                .extracting(Verify.Judged::label)
                .containsExactly(full, incremental);
        assertThat(isDamaged(full) || isDamaged(incremental)).isFalse();
    }

    @Test
    void whatOnlyADeepLookFindsAScrubDoesNotTakeBack() {
        BackupMark _ = cluster.marks()
                .change(
                        full,
                        mark -> mark.withValidation(Validation.damaged(
                                clock.instant(), Validation.Depth.DEEP, List.of("a file's hash is another"))));
        Verify.Result scrubbed = verify(request(false, true));
        assertThat(isDamaged(full)).isTrue();
        assertThat(messages(scrubbed)).singleElement().asString().contains("stays marked as damaged", "--deep");
        verify(request(true, true));
        assertThat(isDamaged(full)).isFalse();
    }

    @Test
    void missingWalIsDamageAndWithoutALookAtItNothingIsCalledSound() {
        Verify.Result blind = verify(request(false, false));
        assertThat(blind.judged()).isEmpty();
        assertThat(validation(full)).isEmpty();
        storage.delete(TinyRepository.names(storage).stream()
                .filter(name -> name.value().contains("/" + NEEDED[1] + "-"))
                .findFirst()
                .orElseThrow());
        verify(request(false, true));
        assertThat(validation(full).orElseThrow().damage())
                .singleElement()
                .asString()
                .contains(NEEDED[1], "missing");
        assertThat(messages(verify(request(false, false)))).anyMatch(message -> message.contains("stays marked"));
        assertThat(isDamaged(full)).isTrue();
        push(NEEDED[1]);
        verify(request(false, true));
        assertThat(isDamaged(full)).isFalse();
    }

    @Test
    void oneBackupIsMarkedAlone() {
        Verify.Request one = new Verify.Request(
                Optional.of(TinyRepository.MAIN),
                Optional.of(incremental),
                false,
                true,
                Set.of(),
                Optional.empty(),
                true,
                1);
        assertThat(verify(one).judged()).extracting(Verify.Judged::label).containsExactly(incremental);
        assertThat(validation(full)).isEmpty();
        assertThat(validation(incremental)).isPresent();
    }

    @Test
    void whatPeopleNotedStays() {
        BackupMark noted = cluster.marks()
                .change(
                        full,
                        mark -> mark.withPin(Optional.of(new Pin(Optional.empty(), true)))
                                .withNote(Optional.of("before the move")));
        verify(request(false, true));
        BackupMark now = cluster.marks().of(full);
        assertThat(now).isEqualTo(noted.withValidation(now.validation().orElseThrow()));
    }

    @Test
    void aRepositoryThatCannotBeWrittenIsVerifiedAllTheSame() {
        TinyRepository.flip(storage, pack(full), 100);
        Repository readOnly = Repository.open(new ReadOnlyStorage(storage), clock);
        Verify.Result result = new Verify(readOnly, clock, Progress.SILENT).run(request(false, true));
        assertThat(result.errors()).isEqualTo(1);
        assertThat(result.judged()).hasSize(3).noneMatch(Verify.Judged::marked);
        assertThat(messages(result))
                .filteredOn(message -> message.contains("is not noted in the repository"))
                .as("said once")
                .hasSize(1);
    }

    @Test
    void withoutMarksNoTraceIsLeft() {
        List<ObjectName> before = TinyRepository.names(storage);
        Verify.Result result = verify(Verify.Request.look(true, true, 2));
        assertThat(result.judged()).hasSize(3).noneMatch(Verify.Judged::marked);
        assertThat(TinyRepository.names(storage)).isEqualTo(before);
    }

    @Test
    void aMarkThatCannotBeReadIsToldAndLeft() {
        verify(request(false, true));
        ObjectName mark = new ObjectName("clusters/main/marks/" + full + ".json");
        TinyRepository.flip(storage, mark, 30);
        byte[] damaged = TinyRepository.bytes(storage, mark);
        Verify.Result result = verify(request(false, true));
        assertThat(result.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.message()).contains(mark.value());
        });
        assertThat(TinyRepository.bytes(storage, mark)).isEqualTo(damaged);
        assertThat(result.judged()).filteredOn(Verify.Judged::marked).hasSize(2);
    }

    @Test
    void whatIsDeletedWhileItIsVerifiedIsNoDamage() {
        Progress deleting = new Meanwhile("check packs", () -> {
            TinyRepository.names(storage).stream()
                    .filter(name -> name.value().contains("/" + other + "/"))
                    .forEach(storage::delete);
        });
        Verify.Result result = new Verify(Repository.open(storage, clock), clock, deleting).run(request(false, true));
        assertThat(messages(result)).containsExactly("backup " + other + " was deleted meanwhile");
        assertThat(result.isDamaged()).isFalse();
        assertThat(result.judged()).extracting(Verify.Judged::label).containsExactly(full, incremental);
        assertThat(validation(other)).as("nor is it marked").isEmpty();
        assertThat(isDamaged(full) || isDamaged(incremental)).isFalse();
    }

    /** Something that happens when a step begins. */
    private record Meanwhile(String title, Runnable what) implements Progress {
        @Override
        public Step step(String begun, long totalBytes) {
            if (begun.equals(title)) {
                what.run();
            }
            return SILENT.step(begun, totalBytes);
        }

        @Override
        public void info(String message) {}

        @Override
        public void warn(String message) {}

        @Override
        public void debug(String message) {}
    }

    @Test
    void aBackupOfANewerPgkeepIsNotCalledDamaged() {
        ObjectName manifest = new ObjectName("clusters/main/backups/" + other + "/packs/1.pack");
        byte[] newer = TinyRepository.bytes(storage, manifest);
        newer[8] = 9;
        TinyRepository.overwrite(storage, manifest, newer);
        assertThat(verify(request(false, true)).errors()).isEqualTo(1);
        assertThat(validation(other)).isEmpty();
        assertThat(isDamaged(full)).isFalse();
    }

    @Test
    void aClusterRecordThatWasPutBackIsTold() {
        TinyRepository.putBackClusterRecord(storage);
        Verify.Result result = verify(request(false, true));
        assertThat(result.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.message()).contains("cluster.json does not know database cluster 1", "put back");
            assertThat(finding.backups()).containsExactly(full, incremental, other);
        });
        assertThat(result.judged()).as("of whose backups that says nothing").isEmpty();
    }

    @Test
    void summariesOfSegmentsThatAreGoneAreNoted() {
        String folder = "clusters/main/wal/1/0000000100000000/";
        String there = TinyRepository.names(storage).stream()
                .map(ObjectName::last)
                .filter(name -> name.startsWith(NEEDED[0]))
                .findFirst()
                .orElseThrow();
        String stem = there.substring(0, there.lastIndexOf('.'));
        storage.create(
                new ObjectName(folder + stem.replace(NEEDED[0], NEEDED[0].replace('3', '2')) + ".summary"),
                new byte[9]);
        Verify.Result result = verify(request(false, true));
        assertThat(result.isDamaged()).isFalse();
        assertThat(messages(result))
                .singleElement()
                .asString()
                .contains("000002-", "tells of a WAL segment that is not there");
    }
}
