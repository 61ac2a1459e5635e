package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.codec.Compression;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;

class WalArchiveTest {
    private static final String SEGMENT = "000000010000000000000003";

    @TempDir
    private Path directory;

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final WalArchive wal = TinyRepository.cluster(storage, clock).wal();

    @ParameterizedTest
    @EnumSource
    void aSegmentComesBack(Algorithm algorithm) throws IOException {
        byte[] content = TinyRepository.segment(SEGMENT, 1);
        assertThat(push(SEGMENT, content, Compression.of(algorithm))).isEqualTo(WalArchive.Pushed.STORED);
        assertThat(get(wal, SEGMENT)).isEqualTo(content);
        assertThat(wal.header(wal.find(SEGMENT).orElseThrow()).systemIdentifier())
                .isEqualTo(TinyRepository.SYSTEM_IDENTIFIER);
        assertThat(TinyRepository.only(
                        storage, algorithm.suffix().isEmpty() ? "-" + hash(content) : algorithm.suffix()))
                .hasToString(
                        "clusters/main/wal/1/0000000100000000/" + SEGMENT + "-" + hash(content) + algorithm.suffix());
    }

    @ParameterizedTest
    @ValueSource(strings = {SEGMENT + ".partial", "00000002.history", SEGMENT + ".00000028.backup"})
    void otherFilesComeBack(String file) throws IOException {
        byte[] content = {'1', '\t', '0', '/', '3', '\n'};
        push(file, content, Compression.DEFAULT);
        assertThat(get(wal, file)).isEqualTo(content);
        assertThat(wal.find(SEGMENT)).as("none of them is the segment").isEmpty();
    }

    @Test
    void theSameContentAgainIsSuccess() {
        byte[] content = TinyRepository.segment(SEGMENT, 1);
        push(SEGMENT, content, Compression.DEFAULT);
        List<ObjectName> before = TinyRepository.names(storage);
        assertThat(push(SEGMENT, content, Compression.DEFAULT)).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
        assertThat(push(SEGMENT, content, Compression.of(Algorithm.LZ4))).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
        assertThat(TinyRepository.names(storage)).isEqualTo(before);
    }

    @Test
    void anotherContentIsAConflictAndChangesNothing() throws IOException {
        byte[] content = TinyRepository.segment(SEGMENT, 1);
        push(SEGMENT, content, Compression.DEFAULT);
        assertThatThrownBy(() -> push(SEGMENT, TinyRepository.segment(SEGMENT, 2), Compression.DEFAULT))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining(SEGMENT + " is already archived with another content");
        assertThat(get(wal, SEGMENT)).isEqualTo(content);
    }

    /** Both hosts look before either stores. Neither may be told that its content is safe, and none may be lost. */
    @Test
    void twoHostsWithDifferentContentsAtOnceBothHearOfIt() throws IOException {
        byte[] mine = TinyRepository.segment(SEGMENT, 1);
        byte[] other = TinyRepository.segment(SEGMENT, 2);
        Storage raced = new Interposed(storage, "/wal/", () -> push(SEGMENT, other, Compression.DEFAULT));
        WalArchive racing = TinyRepository.cluster(raced, clock).wal();
        assertThatThrownBy(() -> racing.push(SEGMENT, file(mine), Compression.DEFAULT))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThatThrownBy(() -> wal.find(SEGMENT)).hasMessageContaining("is archived with two contents");
        assertThat(TinyRepository.names(storage).stream()
                        .filter(name -> name.value().contains(SEGMENT)))
                .hasSize(2);
    }

    @Test
    void twoHostsWithTheSameContentAtOnceBothSucceed() {
        byte[] content = TinyRepository.segment(SEGMENT, 1);
        Storage raced = new Interposed(storage, "/wal/", () -> push(SEGMENT, content, Compression.DEFAULT));
        WalArchive racing = TinyRepository.cluster(raced, clock).wal();
        assertThat(racing.push(SEGMENT, file(content), Compression.DEFAULT)).isEqualTo(WalArchive.Pushed.ALREADY_THERE);
    }

    @Test
    void aFlippedBitIsNeverGivenBack() throws IOException {
        byte[] content = TinyRepository.segment(SEGMENT, 1);
        push(SEGMENT, content, Compression.DEFAULT);
        ObjectName name = TinyRepository.only(storage, ".zst");
        byte[] sound = TinyRepository.bytes(storage, name);
        for (int i = 0; i < sound.length; i++) {
            TinyRepository.flip(storage, name, i);
            try {
                assertThat(get(wal, SEGMENT)).as("byte %d", i).isEqualTo(content);
            } catch (PgkeepException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED);
            }
            TinyRepository.overwrite(storage, name, sound);
        }
    }

    @Test
    void aTruncatedObjectIsDamage() {
        push(SEGMENT, TinyRepository.segment(SEGMENT, 1), Compression.DEFAULT);
        ObjectName name = TinyRepository.only(storage, ".zst");
        byte[] sound = TinyRepository.bytes(storage, name);
        for (int length : new int[] {0, 1, 10, sound.length / 2, sound.length - 1}) {
            TinyRepository.overwrite(storage, name, Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> get(wal, SEGMENT))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
        }
    }

    @Test
    void aListIsInOrderAndNamesWhatPostgresKnows() {
        for (String name :
                List.of("000000010000000000000FFF", "000000010000000100000000", "000000020000000000000003")) {
            push(name, TinyRepository.segment(name, 1), Compression.DEFAULT);
        }
        push("00000002.history", new byte[] {'\n'}, Compression.DEFAULT);
        storage.create(new ObjectName("clusters/main/wal/1/notes.txt"), new byte[1]);
        try (Stream<WalArchive.Stored> list = wal.list()) {
            assertThat(list.map(WalArchive.Stored::file))
                    .containsExactly(
                            "000000010000000000000FFF",
                            "000000010000000100000000",
                            "00000002.history",
                            "000000020000000000000003");
        }
        assertThat(wal.has(SegmentName.parse("000000010000000100000000").orElseThrow()))
                .isTrue();
        assertThat(wal.has(SegmentName.parse("000000010000000100000001").orElseThrow()))
                .isFalse();
    }

    /** Success is said only when the segment is there for good; a push that broke off can be repeated. */
    @Test
    void aPushBrokenAtAnyStepCanBeRepeated() throws IOException {
        byte[] content = TinyRepository.segment(SEGMENT, 1);
        for (FaultyStorage.Fault fault : List.of(
                FaultyStorage.Fault.FAIL,
                FaultyStorage.Fault.FAIL_AFTER,
                FaultyStorage.Fault.CRASH,
                FaultyStorage.Fault.CRASH_AFTER)) {
            boolean fired = true;
            for (int at = 1; fired; at++) {
                MemoryStorage fresh = new MemoryStorage();
                ClusterStore cluster = TinyRepository.cluster(fresh, clock);
                FaultyStorage faulty = new FaultyStorage(fresh, fault, at, 1);
                boolean said = false;
                try {
                    new WalArchive(faulty, Sealing.NONE, "clusters/main/wal/1")
                            .push(SEGMENT, file(content), Compression.DEFAULT);
                    said = true;
                } catch (PgkeepException | FaultyStorage.Crash e) {
                    // The process ends with an error, and PostgreSQL calls again.
                }
                fired = faulty.fired();
                if (said) {
                    assertThat(get(cluster.wal(), SEGMENT))
                            .as(faulty.toString())
                            .isEqualTo(content);
                }
                cluster.wal().push(SEGMENT, file(content), Compression.DEFAULT);
                assertThat(get(cluster.wal(), SEGMENT)).as(faulty.toString()).isEqualTo(content);
            }
        }
    }

    private WalArchive.Pushed push(String file, byte[] content, Compression compression) {
        return wal.push(file, file(content), compression);
    }

    private Path file(byte[] content) {
        try {
            Path file = Files.createTempFile(directory, "wal", "");
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(byte[] content) {
        Xxh3.Stream128 hash = Xxh3.stream128();
        hash.put(content, 0, content.length);
        return hash.hex();
    }

    private static byte[] get(WalArchive wal, String file) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        wal.copyTo(wal.find(file).orElseThrow(), target);
        return target.toByteArray();
    }
}
