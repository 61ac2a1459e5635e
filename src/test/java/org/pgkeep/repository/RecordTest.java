package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

/** The small JSON objects and what they have in common. */
class RecordTest {
    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);
    private final BackupRecord backup =
            TinyRepository.coldBackup(cluster, clock, Map.of("PG_VERSION", new byte[] {'1', '7'}));

    @Test
    void aFlippedBitInBackupJsonIsFound() {
        everyFlipIsFound(backup.label() + "/backup.json", _ -> cluster.backup(backup.label()));
    }

    @Test
    void aFlippedBitInClusterJsonIsFound() {
        everyFlipIsFound("cluster.json", _ -> Repository.open(storage, clock).cluster(TinyRepository.MAIN));
    }

    @Test
    void aFlippedBitInRepositoryJsonIsFound() {
        everyFlipIsFound("repository.json", _ -> Repository.open(storage, clock));
    }

    private void everyFlipIsFound(String end, Consumer<ObjectName> read) {
        ObjectName name = TinyRepository.only(storage, end);
        byte[] sound = TinyRepository.bytes(storage, name);
        for (int bit = 0; bit < sound.length * 8; bit++) {
            byte[] flipped = sound.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            TinyRepository.overwrite(storage, name, flipped);
            assertThatThrownBy(() -> read.accept(name))
                    .as("bit %d of byte %d", bit % 8, bit / 8)
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
        }
        for (int length = 0; length < sound.length; length++) {
            TinyRepository.overwrite(storage, name, Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> read.accept(name)).as("cut to %d", length).isInstanceOf(PgkeepException.class);
        }
        TinyRepository.overwrite(storage, name, sound);
        read.accept(name);
    }

    @ParameterizedTest
    @EnumSource(BackupWal.class)
    void aBackupRecordComesBack(BackupWal wal) {
        BackupRecord full = new BackupRecord(
                backup.label(),
                Optional.of(Label.parse("20261120-000000F").orElseThrow()),
                Optional.of(new BackupRecord.Merged(
                        Instant.parse("2026-11-22T03:00:00Z"),
                        List.of(Label.parse("20261118-000000F").orElseThrow()))),
                Optional.of(Label.parse("20261119-000000D").orElseThrow()),
                Optional.of(new BackupRecord.Comparison("wal", 7, 3)),
                Optional.of(new BackupRecord.Resumption(
                        List.of(Label.parse("20261120-010000I").orElseThrow()), 1 << 20)),
                List.of(new BackupRecord.Reference(
                        Label.parse("20261120-000000F").orElseThrow(),
                        PackNumbers.parse("1-38,40").orElseThrow())),
                2,
                -1L,
                "9.6",
                wal,
                true,
                backup.started(),
                backup.stopped().plusNanos(123_456_789),
                TinyRepository.START,
                TinyRepository.STOP,
                -1,
                7,
                1 << 30,
                true,
                "zstd:3",
                new BackupRecord.Sizes(1, Long.MAX_VALUE, 3, List.of(1L, 0L, Long.MAX_VALUE)),
                new BackupRecord.Manifest(5, -6L),
                List.of(new BackupRecord.Warning("base/1/\"odd\nname", List.of(0L, 4_294_967_294L), "ä sentence")),
                "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\n\tß\u0001",
                "16400 /mnt/a b\\\n",
                "0.1.0");
        BackupRecord read = BackupRecord.parse(full.print(), "here");
        assertThat(read).isEqualTo(full);
        assertThat(read.needsArchive()).isEqualTo(wal == BackupWal.ARCHIVE);
    }

    @Test
    void packsAreKnownByTheirLengths() {
        BackupRecord.Sizes sizes = new BackupRecord.Sizes(1, 2, 3, List.of(10L, 0L, 30L));
        assertThat(sizes.packs()).isEqualTo(2);
        assertThat(sizes.packNumbers().print()).as("the second does not exist").isEqualTo("1,3");
        assertThat(backup.sizes().packBytes())
                .containsExactly(storage.info(TinyRepository.only(storage, "1.pack"))
                        .orElseThrow()
                        .sizeBytes());
    }

    @Test
    void anAttemptTellsHowFarItIs() {
        Attempt attempt = new Attempt(
                backup.label(),
                Attempt.State.RUNNING,
                TinyRepository.OWNER,
                1,
                "zstd:1",
                backup.started(),
                backup.started().plusSeconds(15),
                Duration.ofSeconds(60),
                new Attempt.Copied(3L << 30, 8L << 30));
        assertThat(Attempt.parse(attempt.print(), "here")).isEqualTo(attempt);
    }

    @Test
    void aRecordOfANewerFormatIsToldApart() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", 2);
        fields.put("news", "of a kind that nobody knows");
        assertThatThrownBy(() -> BackupRecord.parse(Json.print(fields), "here"))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_NEW))
                .hasMessage("here has format 2, this pgkeep knows up to 1");
    }

    @Test
    void aFieldThatIsMissingOrOfAnotherKindIsDamage() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", 1);
        fields.put("history", List.of(Map.of("id", "one")));
        assertThatThrownBy(() -> ClusterRecord.parse(Json.print(fields), "here"))
                .hasMessage("here: field 'id' is missing or of the wrong kind");
    }

    @Test
    void whatIsNoRecordIsDamage() {
        for (String text : List.of("", "{", "[]", "not JSON", "{\"format\" : 1}\n")) {
            assertThatThrownBy(() -> RepositoryRecord.parse(text.getBytes(StandardCharsets.UTF_8), "here"))
                    .as(text)
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
        }
    }

    @Test
    void aRecordUnderAnotherBackupsNameIsDamage() {
        ObjectName name = TinyRepository.only(storage, backup.label() + "/backup.json");
        Label other = Label.parse("20261121-203001F").orElseThrow();
        storage.create(
                new ObjectName(name.value().replace(backup.label().value(), other.value())),
                TinyRepository.bytes(storage, name));
        assertThatThrownBy(() -> cluster.backup(other))
                .hasMessageContaining("is the record of backup " + backup.label());
    }

    @Test
    void oneDamagedRecordHidesNoOtherBackup() {
        clock.move(10);
        BackupRecord second = TinyRepository.coldBackup(cluster, clock, Map.of("PG_VERSION", new byte[] {'1'}));
        TinyRepository.flip(storage, TinyRepository.only(storage, backup.label() + "/backup.json"), 10);
        assertThat(cluster.backups()).containsExactly(second);
        assertThat(cluster.listing().unreadable()).containsOnlyKeys(backup.label());
        clock.move(10);
        BackupRecord third = TinyRepository.coldBackup(cluster, clock, Map.of("PG_VERSION", new byte[] {'1'}));
        assertThat(cluster.backups()).containsExactly(second, third);
        assertThat(TinyRepository.names(storage))
                .as("what belongs to the damaged one is kept")
                .contains(new ObjectName("clusters/main/backups/" + backup.label() + "/packs/1.pack"));
    }
}
