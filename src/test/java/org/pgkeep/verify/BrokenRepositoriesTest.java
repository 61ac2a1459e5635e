package org.pgkeep.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.codec.Compression;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

/** The museum: repositories broken in every way we know, each with what verify must say about it. */
class BrokenRepositoriesTest {
    private static final String LABEL = "20261121-203000F";
    private static final String BACKUP = "clusters/main/backups/" + LABEL;
    private static final String PACK = BACKUP + "/packs/1.pack";

    /**
     * One way to be broken.
     *
     * @param says part of the message of a finding
     * @param affects whether the backup is named as affected
     */
    record Exhibit(String title, Consumer<Storage> damage, String says, boolean affects) {
        @Override
        public String toString() {
            return title;
        }
    }

    static Stream<Exhibit> exhibits() {
        return Stream.of(
                exhibit("a pack is missing", delete(PACK), PACK + " is missing: backup " + LABEL + " needs it for"),
                exhibit("a pack is empty", truncate(PACK, 0), "is truncated to 0 bytes"),
                exhibit("a pack lost its end", truncate(PACK, 5000), "does not end as a pack"),
                exhibit("a bit of a frame", flip(PACK, 100), "frame 0 at byte 16 ("),
                exhibit("a bit of a pack's beginning", flip(PACK, 0), "does not begin as a pack"),
                exhibit("a bit of a pack's index", flip(PACK, -60), "has a damaged index"),
                exhibit("a bit of a pack's footer", flip(PACK, -30), "has a damaged"),
                exhibit("another backup's pack", BrokenRepositoriesTest::otherPack, "which that pack does not have"),
                exhibit("the manifest is missing", delete(BACKUP + "/manifest.pb.zst"), "manifest.pb.zst is missing"),
                exhibit(
                        "a bit of the manifest",
                        flip(BACKUP + "/manifest.pb.zst", 40),
                        "is not the manifest that backup"),
                exhibit(
                        "a bit of backup.json",
                        flip(BACKUP + "/backup.json", 99),
                        "its hash does not match its content"),
                exhibit("half of backup.json", truncate(BACKUP + "/backup.json", 200), "its hash does not match"),
                exhibit("a segment of the backup is missing", deleteWal("000000010000000000000003"), "is missing in"),
                exhibit("a bit of a segment", flipWal("000000010000000000000004"), "000000010000000000000004-"),
                new Exhibit(
                        "a segment of another cluster",
                        storage -> push(storage, "000000010000000000000006", 0x1234),
                        "is of another cluster",
                        false),
                new Exhibit(
                        "a segment under another's name",
                        BrokenRepositoriesTest::renamedSegment,
                        "first page is",
                        false),
                new Exhibit("two contents of a segment", BrokenRepositoriesTest::twice, "with two contents", true),
                new Exhibit(
                        "cluster.json is missing",
                        delete("clusters/main/cluster.json"),
                        "has lost what it knows",
                        false),
                new Exhibit(
                        "a bit of cluster.json",
                        flip("clusters/main/cluster.json", 30),
                        "is not as pgkeep wrote",
                        false));
    }

    private static Exhibit exhibit(String title, Consumer<Storage> damage, String says) {
        return new Exhibit(title, damage, says, true);
    }

    @ParameterizedTest
    @MethodSource("exhibits")
    void verifySaysWhatIsBrokenAndWhatThatAffects(Exhibit exhibit) {
        Storage storage = sound();
        exhibit.damage.accept(storage);
        Verify.Result result = verify(storage, false);
        assertThat(result.isDamaged()).isTrue();
        List<Finding> errors = errors(result);
        assertThat(errors).anySatisfy(finding -> {
            assertThat(finding.message()).contains(exhibit.says);
            assertThat(finding.backups())
                    .isEqualTo(exhibit.affects ? List.of(Label.parse(LABEL).orElseThrow()) : List.of());
        });
        assertThat(verify(storage, true).isDamaged()).isTrue();
    }

    @Test
    void aSoundRepositoryHasNothingToSay() {
        Verify.Result result = verify(sound(), true);
        assertThat(result.findings()).isEmpty();
        assertThat(result.counts())
                .isEqualTo(new Verify.Counts(1, 2, 3, 7, 4, result.counts().storedBytes(), 0));
        assertThat(result.counts().storedBytes()).isGreaterThan(1 << 20);
    }

    @Test
    void whatDoesNotBelongThereIsNoted() {
        Storage storage = sound();
        storage.create(new ObjectName(BACKUP + "/packs/readme.txt"), new byte[3]);
        storage.create(new ObjectName("clusters/main/backups/20261120-000000F/packs/1.pack"), new byte[3]);
        Verify.Result result = verify(storage, false);
        assertThat(result.isDamaged()).isFalse();
        assertThat(result.findings())
                .extracting(Finding::message)
                .anyMatch(message -> message.endsWith("readme.txt is not pgkeep's: nothing uses it"))
                .anyMatch(message -> message.startsWith("20261120-000000F is no backup: 1 objects, 3 bytes"));
    }

    @Test
    void aDamagedRepositoryIsReadOn() {
        Storage storage = sound();
        delete(PACK).accept(storage);
        flipWal("000000010000000000000004").accept(storage);
        flip(BACKUP + "/packs/2.pack", 100).accept(storage);
        assertThat(errors(verify(storage, false))).hasSize(3);
    }

    @Test
    void withoutWalOnlyBackupsAreLookedAt() {
        Storage storage = sound();
        flipWal("000000010000000000000004").accept(storage);
        Verify.Result result = new Verify(Repository.open(storage, clock()), clock(), Progress.SILENT)
                .run(Verify.Request.look(false, false, 2));
        assertThat(result.findings()).isEmpty();
    }

    private static TinyRepository.StandingClock clock() {
        return new TinyRepository.StandingClock(LABEL_TIME);
    }

    private static final String LABEL_TIME = "2026-11-21T20:30:00Z";

    /** One online backup, its WAL, a segment after it, a timeline history. */
    private static Storage sound() {
        MemoryStorage storage = new MemoryStorage();
        ClusterStore cluster = TinyRepository.cluster(storage, clock());
        TinyRepository.backup(cluster, clock(), TinyRepository.files(5), true, Compression.DEFAULT);
        for (String name :
                List.of("000000010000000000000003", "000000010000000000000004", "000000010000000000000005")) {
            push(storage, name, TinyRepository.SYSTEM_IDENTIFIER);
        }
        pushBytes(
                storage,
                "00000002.history",
                "1\t0/500000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII));
        return storage;
    }

    private static void push(Storage storage, String name, long systemIdentifier) {
        pushBytes(storage, name, TinyRepository.segment(name, 9, systemIdentifier));
    }

    private static void pushBytes(Storage storage, String name, byte[] content) {
        try {
            Path file = Files.createTempFile("pgkeep", ".wal");
            try {
                Files.write(file, content);
                TinyRepository.cluster(storage, clock()).wal().push(name, file, Compression.DEFAULT);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Consumer<Storage> delete(String name) {
        return storage -> assertThat(storage.delete(new ObjectName(name))).isTrue();
    }

    private static Consumer<Storage> truncate(String name, int length) {
        return storage -> TinyRepository.overwrite(
                storage,
                new ObjectName(name),
                Arrays.copyOf(TinyRepository.bytes(storage, new ObjectName(name)), length));
    }

    /** A negative place counts from the end. */
    private static Consumer<Storage> flip(String name, int at) {
        return storage -> {
            ObjectName object = new ObjectName(name);
            int length = TinyRepository.bytes(storage, object).length;
            TinyRepository.flip(storage, object, at < 0 ? length + at : at);
        };
    }

    private static ObjectName walObject(Storage storage, String segment) {
        return TinyRepository.names(storage).stream()
                .filter(name -> name.value().contains("/" + segment + "-"))
                .findFirst()
                .orElseThrow();
    }

    private static Consumer<Storage> deleteWal(String segment) {
        return storage -> storage.delete(walObject(storage, segment));
    }

    private static Consumer<Storage> flipWal(String segment) {
        return storage -> TinyRepository.flip(storage, walObject(storage, segment), 500);
    }

    /** Sound in itself, but not what the manifest means. */
    private static void otherPack(Storage storage) {
        MemoryStorage other = new MemoryStorage();
        TinyRepository.coldBackup(TinyRepository.cluster(other, clock()), clock(), Map.of("a", new byte[] {1}));
        TinyRepository.overwrite(storage, new ObjectName(PACK), TinyRepository.bytes(other, new ObjectName(PACK)));
    }

    private static void renamedSegment(Storage storage) {
        pushBytes(storage, "000000010000000000000006", TinyRepository.segment("000000010000000000000007", 1));
    }

    private static void twice(Storage storage) {
        ObjectName one = walObject(storage, "000000010000000000000004");
        MemoryStorage other = new MemoryStorage();
        pushBytes(other, "000000010000000000000004", TinyRepository.segment("000000010000000000000004", 77));
        ObjectName two = walObject(other, "000000010000000000000004");
        assertThat(one).isNotEqualTo(two);
        storage.create(two, TinyRepository.bytes(other, two));
    }

    private static Verify.Result verify(Storage storage, boolean deep) {
        return new Verify(Repository.open(storage, clock()), clock(), Progress.SILENT)
                .run(Verify.Request.look(deep, true, 2));
    }

    private static List<Finding> errors(Verify.Result result) {
        return result.findings().stream()
                .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                .toList();
    }
}
