package org.pgkeep.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.GoldenRepository;
import org.pgkeep.repository.KeySource;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

/** Sealed repositories: the golden one, read by every build since; and broken ones, found with and without the key. */
class SealedRepositoriesTest {
    private static final String LABEL = "20261121-203000F";
    private static final String BACKUP = "clusters/main/backups/" + LABEL;
    private static final String PACK = BACKUP + "/packs/1.pack";
    private static final KeySource KEYS = KeySource.of(TinyRepository.SECRET);
    private static final InstantSource CLOCK = InstantSource.system();

    private Storage storage = new MemoryStorage();

    @BeforeEach
    void open() throws IOException, URISyntaxException {
        storage = GoldenRepository.openSealed(1);
    }

    @Test
    void theGoldenOneIsSoundToTheLastBlock() {
        Verify.Result result = verify(true);
        assertThat(result.findings()).isEmpty();
        assertThat(result.counts())
                .isEqualTo(new Verify.Counts(1, 1, 1, 3, 3, result.counts().storedBytes(), 0));
        ClusterStore cluster = Repository.open(storage, CLOCK, KEYS).cluster(TinyRepository.MAIN);
        GoldenRepository.files()
                .forEach((path, content) -> assertThat(TinyRepository.read(cluster, GoldenRepository.LABEL, path))
                        .as(path)
                        .isEqualTo(content));
    }

    @Test
    void whoHasNoKeyProvesEveryStoredByte() {
        Verify.Result result = scrub();
        assertThat(result.isDamaged()).isFalse();
        assertThat(result.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("checked without its key"));
        assertThat(result.counts().packs()).isEqualTo(1);
        assertThat(result.counts().walFiles()).isEqualTo(3);
    }

    @Test
    void everyObjectWithAFlippedBitIsFoundWithoutTheKey() {
        for (ObjectName name : TinyRepository.names(storage)) {
            if (!name.value().equals("repository.json")) {
                byte[] sound = TinyRepository.bytes(storage, name);
                TinyRepository.flip(storage, name, sound.length / 2);
                assertThat(scrub().findings())
                        .as("%s", name)
                        .anySatisfy(finding -> assertThat(finding.message()).contains(name + " is damaged"));
                TinyRepository.overwrite(storage, name, sound);
            }
        }
        assertThat(scrub().isDamaged()).isFalse();
    }

    @Test
    void aPackThatIsAffectedNamesItsBackup() {
        TinyRepository.flip(storage, new ObjectName(PACK), 100);
        assertThat(scrub().findings())
                .anySatisfy(finding -> assertThat(finding.backups())
                        .containsExactly(Label.parse(LABEL).orElseThrow()));
    }

    @Test
    void aMissingManifestIsFoundByItsName() {
        storage.delete(new ObjectName(BACKUP + "/manifest.pb.zst"));
        assertThat(scrub().findings())
                .anySatisfy(finding ->
                        assertThat(finding.message()).contains("the manifest of backup " + LABEL + " is missing"));
    }

    /** One way to be attacked, and what verify says who has the key. */
    record Attack(String title, BiConsumer<Storage, Storage> work, String says) {
        @Override
        public String toString() {
            return title;
        }
    }

    static Stream<Attack> attacks() {
        return Stream.of(
                new Attack("a tampered frame", (mine, _) -> tamper(mine, PACK, 60), "its seal does not hold"),
                new Attack("a truncated pack", (mine, _) -> cut(mine, PACK, 200), "truncated or overwritten"),
                new Attack(
                        "a tampered manifest",
                        (mine, _) -> tamper(mine, BACKUP + "/manifest.pb.zst", 70),
                        "seal does not hold"),
                new Attack(
                        "a tampered backup record",
                        (mine, _) -> tamper(mine, BACKUP + "/backup.json", 70),
                        "seal does not hold"),
                new Attack(
                        "a pack in the manifest's place",
                        (mine, _) -> replace(mine, BACKUP + "/manifest.pb.zst", mine, PACK),
                        "another object was put in its place"),
                new Attack(
                        "a pack of another repository",
                        (mine, other) -> replace(mine, PACK, other, PACK),
                        "of another repository"),
                new Attack("an unsealed pack", (mine, _) -> plant(mine, PACK), "is not sealed"),
                new Attack(
                        "a pack that was deleted",
                        (mine, _) -> mine.delete(new ObjectName(PACK)),
                        "1.pack is missing"));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void anAttackIsFoundWithTheKey(Attack attack) {
        MemoryStorage other = new MemoryStorage();
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
        TinyRepository.coldBackup(TinyRepository.sealedCluster(other, clock), clock, GoldenRepository.files());
        attack.work.accept(storage, other);
        Verify.Result result = verify(false);
        assertThat(result.isDamaged()).isTrue();
        assertThat(result.findings())
                .anySatisfy(finding -> assertThat(finding.message()).contains(attack.says));
    }

    @Test
    void whatWasWrittenEarlierUnderTheSameLabelIsToldApart() {
        MemoryStorage mine = new MemoryStorage();
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
        ClusterStore cluster = TinyRepository.sealedCluster(mine, clock);
        TinyRepository.coldBackup(cluster, clock, TinyRepository.files(1));
        List<ObjectName> old = List.of(new ObjectName(PACK), new ObjectName(BACKUP + "/manifest.pb.zst"));
        List<byte[]> kept =
                old.stream().map(name -> TinyRepository.bytes(mine, name)).toList();
        TinyRepository.names(mine).stream()
                .filter(name -> name.value().startsWith(BACKUP))
                .forEach(mine::delete);
        TinyRepository.coldBackup(cluster, clock, TinyRepository.files(2));
        storage = mine;
        for (int i = 0; i < old.size(); i++) {
            byte[] sound = TinyRepository.bytes(mine, old.get(i));
            TinyRepository.overwrite(mine, old.get(i), kept.get(i));
            assertThat(verify(true).isDamaged()).as("%s put back", old.get(i)).isTrue();
            TinyRepository.overwrite(mine, old.get(i), sound);
        }
        assertThat(verify(true).findings()).isEmpty();
    }

    private static void tamper(Storage storage, String name, int at) {
        TinyRepository.flip(storage, new ObjectName(name), at);
    }

    private static void cut(Storage storage, String name, int length) {
        ObjectName object = new ObjectName(name);
        TinyRepository.overwrite(storage, object, Arrays.copyOf(TinyRepository.bytes(storage, object), length));
    }

    private static void replace(Storage storage, String name, Storage from, String other) {
        TinyRepository.overwrite(storage, new ObjectName(name), TinyRepository.bytes(from, new ObjectName(other)));
    }

    private static void plant(Storage storage, String name) {
        MemoryStorage unsealed = new MemoryStorage();
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
        TinyRepository.coldBackup(TinyRepository.cluster(unsealed, clock), clock, GoldenRepository.files());
        replace(storage, name, unsealed, name);
    }

    private Verify.Result verify(boolean deep) {
        return new Verify(Repository.open(storage, CLOCK, KEYS), CLOCK, Progress.SILENT)
                .run(Verify.Request.look(deep, true, 1));
    }

    private Verify.Result scrub() {
        return new Scrub(storage, Progress.SILENT).run(Verify.Request.look(false, true, 1));
    }
}
