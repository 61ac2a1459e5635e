package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

/** What a sealed repository gives to whom, and what it refuses. */
class SealedRepositoryTest {
    private static final String SEGMENT = "000000010000000000000003";
    private static final byte[] CONTENT = TinyRepository.segment(SEGMENT, 1);
    private static final KeySource KEYS = KeySource.of(TinyRepository.SECRET);
    private static final Map<String, byte[]> FILES = TinyRepository.files(1);

    @TempDir
    private Path directory;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final ClusterStore cluster = TinyRepository.sealedCluster(storage, clock);
    private final Label label = TinyRepository.coldBackup(cluster, clock, FILES).label();

    @BeforeEach
    void archive() throws IOException {
        push(CONTENT, Compression.DEFAULT);
    }

    @Test
    void whoHasTheKeyReadsEverything() throws IOException {
        ClusterStore again = Repository.open(storage, clock, KEYS).cluster(TinyRepository.MAIN);
        FILES.forEach((path, content) ->
                assertThat(TinyRepository.read(again, label, path)).as(path).isEqualTo(content));
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        again.wal().copyTo(again.wal().find(SEGMENT).orElseThrow(), target);
        assertThat(target.toByteArray()).isEqualTo(CONTENT);
    }

    @Test
    void everyObjectButRepositoryJsonIsSealed() {
        assertThat(TinyRepository.names(storage)).hasSizeGreaterThan(5).allSatisfy(name -> {
            String start = new String(Arrays.copyOf(TinyRepository.bytes(storage, name), 8), StandardCharsets.US_ASCII);
            assertThat(start.equals("PKEPSEAL")).as("%s", name).isNotEqualTo(name.equals(RepositoryRecord.NAME));
        });
    }

    @Test
    void whoHasNoKeyIsToldWhatOpensIt() {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> Repository.open(storage, clock))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_MISSING))
                .satisfies(e -> assertThat(e.hint().orElse("")).contains("the passphrase 'test' of envelope 1"))
                .withMessageContaining("is sealed, and no key was given");
    }

    @Test
    void aWrongPassphraseOpensNothing() {
        Secret wrong = Secret.Passphrase.of("correct horse battery stable", "a test");
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> Repository.open(storage, clock, KeySource.of(wrong)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_WRONG))
                .satisfies(e -> assertThat(e.getMessage() + e.hint()).doesNotContain("stable"));
    }

    @Test
    void whoHasAKeyIsNotGivenAnUnsealedRepository() {
        Storage unsealed = new MemoryStorage();
        Repository _ = Repository.openOrCreate(unsealed, clock);
        assertRefused(ErrorCode.KEY_WRONG, "is not sealed", () -> Repository.open(unsealed, clock, KEYS));
        assertRefused(ErrorCode.KEY_WRONG, "is not sealed", () -> Repository.openOrCreate(unsealed, clock, KEYS));
        Storage empty = new MemoryStorage();
        assertRefused(ErrorCode.KEY_WRONG, "no repository", () -> Repository.openOrCreate(empty, clock, KEYS));
        assertThat(TinyRepository.names(empty)).isEmpty();
    }

    @Test
    void aPlaceThatHoldsSomethingElseIsNotSealed() {
        Storage foreign = new MemoryStorage();
        foreign.create(new ObjectName("photos/1.jpg"), new byte[1]);
        assertRefused(
                ErrorCode.REPOSITORY_FOREIGN,
                "photos",
                () -> Repository.createSealed(foreign, clock, TinyRepository.SECRET, ""));
        assertRefused(
                ErrorCode.REPOSITORY_FOREIGN,
                "",
                () -> Repository.createSealed(storage, clock, TinyRepository.SECRET, ""));
    }

    @Test
    void anAlteredRepositoryJsonIsRefusedAlsoIfItsHashWasComputedAnew() {
        byte[] sound = TinyRepository.bytes(storage, RepositoryRecord.NAME);
        for (int at = 0; at < sound.length - 30; at++) {
            byte[] altered = sound.clone();
            altered[at] ^= 1;
            TinyRepository.overwrite(
                    storage, RepositoryRecord.NAME, RecordEnvelope.seal(RecordEnvelope.blank(altered)));
            assertThatExceptionOfType(PgkeepException.class)
                    .as("byte %s", at)
                    .isThrownBy(() -> Repository.open(storage, clock, KEYS))
                    .satisfies(
                            e -> assertThat(e.code()).isIn(ErrorCode.DAMAGED, ErrorCode.KEY_WRONG, ErrorCode.TOO_NEW));
        }
    }

    @Test
    void anEnvelopeThatWasAddedWithoutTheKeyIsNamed() {
        String text = text(RepositoryRecord.NAME);
        String altered = text.replace("\"name\" : \"test\"", "\"name\" : \"prod\"");
        assertThat(altered).isNotEqualTo(text);
        byte[] bytes = altered.getBytes(StandardCharsets.UTF_8);
        TinyRepository.overwrite(storage, RepositoryRecord.NAME, RecordEnvelope.seal(RecordEnvelope.blank(bytes)));
        assertRefused(
                ErrorCode.DAMAGED,
                "was altered by someone who has not its key",
                () -> Repository.open(storage, clock, KEYS));
    }

    @Test
    void unsealedObjectsThatSomebodyPlantedAreRefused() {
        MemoryStorage theirs = new MemoryStorage();
        ClusterStore unsealed = TinyRepository.cluster(theirs, clock);
        assertThat(TinyRepository.coldBackup(unsealed, clock, FILES).label()).isEqualTo(label);
        for (String end : List.of("backup.json", "manifest.pb.zst", "1.pack", "cluster.json")) {
            ObjectName name = TinyRepository.only(theirs, end.equals("backup.json") ? label + "/" + end : "/" + end);
            byte[] sealed = TinyRepository.bytes(storage, name);
            TinyRepository.overwrite(storage, name, TinyRepository.bytes(theirs, name));
            assertRefused(ErrorCode.DAMAGED, name + " is not sealed", this::readAll);
            TinyRepository.overwrite(storage, name, sealed);
        }
        readAll();
    }

    private void readAll() {
        ClusterStore again = Repository.open(storage, clock, KEYS).cluster(TinyRepository.MAIN);
        BackupRecord record = again.backup(label);
        again.scrubManifest(record);
        byte[] _ = TinyRepository.read(again, label, "base/5/16385");
    }

    @Test
    void aWalObjectsNameTellsNothingOfItsContent() {
        String name = segment().last();
        Xxh3.Stream128 hash = Xxh3.stream128();
        hash.put(CONTENT, 0, CONTENT.length);
        assertThat(name).hasSize((SEGMENT + "-" + hash.hex() + ".zst").length()).doesNotContain(hash.hex());
    }

    @Test
    void theSameSegmentAgainIsFoundByItsName() throws IOException {
        List<ObjectName> before = TinyRepository.names(storage);
        assertThat(push(CONTENT, Compression.DEFAULT)).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
        assertThat(push(CONTENT, Compression.of(Algorithm.LZ4))).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
        assertRefused(
                ErrorCode.CONFLICT,
                "already archived with another content",
                () -> push(TinyRepository.segment(SEGMENT, 2), Compression.DEFAULT));
        assertThat(TinyRepository.names(storage)).isEqualTo(before);
    }

    @Test
    void aSegmentUnderAnothersNameIsRefused() throws IOException {
        String other = "000000010000000000000004";
        ObjectName name = segment();
        storage.create(
                new ObjectName(name.value().replace(SEGMENT + "-", other + "-")), TinyRepository.bytes(storage, name));
        WalArchive wal = cluster.wal();
        assertRefused(
                ErrorCode.DAMAGED,
                "another object was put in its place",
                () -> wal.copyTo(wal.find(other).orElseThrow(), new ByteArrayOutputStream()));
    }

    private ObjectName segment() {
        return TinyRepository.names(storage).stream()
                .filter(name -> name.last().startsWith(SEGMENT + "-"))
                .findFirst()
                .orElseThrow();
    }

    private WalArchive.Pushed push(byte[] content, Compression compression) throws IOException {
        Path file = directory.resolve(SEGMENT);
        Files.write(file, content);
        return cluster.wal().push(SEGMENT, file, compression);
    }

    private String text(ObjectName name) {
        return new String(TinyRepository.bytes(storage, name), StandardCharsets.UTF_8);
    }

    private static void assertRefused(ErrorCode code, String words, ThrowingCallable call) {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .withMessageContaining(words);
    }
}
