package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

/** What may change about a backup after its commit. */
class BackupMarksTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage();
    private final ClusterStore cluster = TinyRepository.cluster(storage, clock);
    private final Label first = backup();
    private final Label second = backup();

    private Label backup() {
        clock.move(10);
        return TinyRepository.coldBackup(cluster, clock, Map.of("PG_VERSION", new byte[] {'1', '7'}))
                .label();
    }

    @Test
    void aBackupThatNobodyMarkedHasAnEmptyMark() {
        assertThat(cluster.marks().of(first)).isEqualTo(BackupMark.none(first));
        assertThat(cluster.marks().all().of(first)).isEqualTo(BackupMark.none(first));
        BackupMark _ = cluster.marks().change(first, mark -> mark);
        assertThat(TinyRepository.names(storage))
                .as("a change that changes nothing writes nothing")
                .noneMatch(name -> name.value().contains("/marks/"));
    }

    @Test
    void whatWasMarkedComesBack() {
        BackupMark full = new BackupMark(
                first,
                Optional.of(new Pin(Optional.of(NOON), true)),
                GivenName.parse("before-upgrade"),
                Optional.of("ä \"note\" with \\ and '"),
                new TreeMap<>(Map.of("ticket", "OPS-1", "who", "größe=1")),
                Optional.of(new Validation(NOON, Validation.Depth.DEEP, List.of("pack 1 is missing"), 7)));
        assertThat(BackupMark.parse(full.print(), "here")).isEqualTo(full);
        BackupMark forEver = BackupMark.none(first).withPin(Optional.of(new Pin(Optional.empty(), false)));
        assertThat(BackupMark.parse(forEver.print(), "here")).isEqualTo(forEver);
        BackupMark sound = BackupMark.none(first).withValidation(Validation.sound(NOON, Validation.Depth.SCRUB));
        assertThat(BackupMark.parse(sound.print(), "here")).isEqualTo(sound);
    }

    @Test
    void changesFollowOneAnother() {
        BackupMark _ = cluster.marks().change(first, mark -> mark.withNote(Optional.of("one")));
        BackupMark _ = cluster.marks().change(first, mark -> mark.withName(GivenName.parse("best")));
        assertThat(cluster.marks().of(first).note()).contains("one");
        assertThat(cluster.marks().all().named(GivenName.parse("best").orElseThrow()))
                .contains(first);
        BackupMark _ = cluster.marks().change(first, mark -> mark.withNote(Optional.empty()));
        assertThat(cluster.marks().of(first).note()).isEmpty();
        assertThat(cluster.marks().of(second)).isEqualTo(BackupMark.none(second));
    }

    @Test
    void aPinThatEndsHoldsUntilThen() {
        Pin pin = new Pin(Optional.of(NOON), false);
        assertThat(pin.holds(NOON.minusMillis(1))).isTrue();
        assertThat(pin.holds(NOON)).isFalse();
        assertThat(new Pin(Optional.empty(), false).holds(Instant.MAX)).isTrue();
    }

    @Test
    void noChangeIsLostWhenManyChangeOneMark() throws Exception {
        int writers = 8;
        together(writers, writer -> {
            for (int i = 0; i < 8; i++) {
                String key = "writer" + writer + "." + i;
                BackupMark _ = cluster.marks().change(first, mark -> {
                    SortedMap<String, String> more = new TreeMap<>(mark.annotations());
                    more.put(key, "there");
                    return mark.withAnnotations(more);
                });
            }
        });
        assertThat(cluster.marks().of(first).annotations()).hasSize(writers * 8);
    }

    @Test
    void aNameIsGivenOnce() {
        BackupMark _ = cluster.marks().change(first, mark -> mark.withName(GivenName.parse("best")));
        assertThatThrownBy(() -> cluster.marks().change(second, mark -> mark.withName(GivenName.parse("best"))))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessage("backup " + first + " has the name 'best' already");
        BackupMark _ = cluster.marks().change(first, mark -> mark.withName(Optional.empty()));
        BackupMark _ = cluster.marks().change(second, mark -> mark.withName(GivenName.parse("best")));
        assertThat(cluster.marks().all().named(GivenName.parse("best").orElseThrow()))
                .contains(second);
    }

    @Test
    void aBackupIsFoundByItsLabelAndByItsName() {
        BackupMark _ = cluster.marks().change(first, mark -> mark.withName(GivenName.parse("best")));
        assertThat(cluster.label("best")).isEqualTo(first);
        assertThat(cluster.label(second.value())).isEqualTo(second);
    }

    @Test
    void aNameThatNoBackupHasIsAnsweredByThoseThatLookLikeIt() {
        BackupMark _ = cluster.marks().change(first, mark -> mark.withName(GivenName.parse("before-upgrade")));
        assertRefused("befor-upgrade", ErrorCode.BACKUP_UNKNOWN)
                .hasMessage("cluster 'main' has no backup of the name 'befor-upgrade'")
                .extracting(PgkeepException::hint)
                .isEqualTo(Optional.of("Did you mean before-upgrade? 'pgkeep info --cluster main' lists its backups."));
        assertRefused("nothing-like-it", ErrorCode.BACKUP_UNKNOWN)
                .extracting(PgkeepException::hint)
                .isEqualTo(Optional.of("'pgkeep info --cluster main' lists its backups."));
        assertRefused(second.value().replace("F", ""), ErrorCode.BACKUP_UNKNOWN)
                .as("a label that was not copied whole")
                .extracting(e -> e.hint().orElseThrow())
                .asString()
                .startsWith("Did you mean " + second);
        assertThat(cluster.unknown(Label.parse(first.value().replace("F", "I")).orElseThrow())
                        .hint()
                        .orElseThrow())
                .startsWith("Did you mean " + first + " or " + second + "?");
        assertRefused("not a name", ErrorCode.USAGE)
                .hasMessage("'not a name' is neither a backup's label nor a name of one");
    }

    @Test
    void aNameOfTwoBackupsIsAmbiguous() {
        BackupMark _ = cluster.marks().change(first, mark -> mark.withName(GivenName.parse("best")));
        // As on a store without compare-and-swap, where nobody saw the other.
        assertThat(storage.create(
                        new ObjectName("clusters/main/marks/" + second + ".json"),
                        BackupMark.none(second)
                                .withName(GivenName.parse("best"))
                                .print()))
                .isTrue();
        assertRefused("best", ErrorCode.CONFLICT)
                .hasMessage("the name 'best' is ambiguous in cluster 'main': the backups " + first + " and " + second
                        + " have it")
                .extracting(e -> e.hint().orElseThrow())
                .asString()
                .contains("pgkeep annotate --cluster main " + second + " --name none");
    }

    @Test
    void anUnknownNameMayBeInAMarkThatCannotBeRead() {
        BackupMark _ = cluster.marks().change(first, mark -> mark.withName(GivenName.parse("best")));
        TinyRepository.flip(storage, TinyRepository.only(storage, "/marks/" + first + ".json"), 40);
        assertRefused("best", ErrorCode.BACKUP_UNKNOWN)
                .hasMessage(
                        "cluster 'main' has no backup of the name 'best'; 1 of its marks cannot be read, and it may be"
                                + " in one of them");
    }

    private AbstractThrowableAssert<?, PgkeepException> assertRefused(String text, ErrorCode code) {
        PgkeepException refusal = catchThrowableOfType(PgkeepException.class, () -> cluster.label(text));
        assertThat(refusal.code()).isEqualTo(code);
        return assertThat(refusal);
    }

    @Test
    void twoBackupsNeverKeepOneName() throws Exception {
        List<Label> labels = List.of(first, second);
        for (int round = 0; round < 50; round++) {
            Optional<GivenName> name = GivenName.parse("round" + round);
            List<Boolean> said = Collections.synchronizedList(new ArrayList<>());
            together(2, which -> {
                try {
                    BackupMark _ = cluster.marks().change(labels.get(which), mark -> mark.withName(name));
                    said.add(true);
                } catch (PgkeepException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
                }
            });
            long holders = labels.stream()
                    .filter(label -> cluster.marks().of(label).name().equals(name))
                    .count();
            assertThat(holders).isEqualTo(said.size()).isLessThanOrEqualTo(1);
        }
    }

    /** Runs them at the same moment, and fails if one fails. */
    private static void together(int count, java.util.function.IntConsumer work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(count);
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                running.add(threads.submit(() -> {
                    start.await();
                    work.accept(number);
                    return number;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    private void delete(Label label) {
        try (Lease lease = cluster.leases().take(Work.DELETE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            assertThat(cluster.removal(2).backups(List.of(label), lease)).containsOnlyKeys(label);
        }
    }

    @Test
    void aDeletedBackupLeavesNoMark() {
        BackupMark _ = cluster.marks().change(first, mark -> mark.withNote(Optional.of("gone soon")));
        delete(first);
        assertThat(cluster.marks().all().sound()).isEmpty();
    }

    @Test
    void theNextBackupSweepsMarksWithoutBackup() {
        BackupMark _ = cluster.marks().change(second, mark -> mark.withNote(Optional.of("stays")));
        delete(first);
        BackupMark _ = cluster.marks().change(first, mark -> mark.withNote(Optional.of("too late")));
        assertThat(cluster.marks().all().sound()).containsOnlyKeys(first, second);
        Label _ = backup();
        assertThat(cluster.marks().all().sound()).containsOnlyKeys(second);
    }

    @Test
    void aDamagedMarkHidesNothingAndIsNotChanged() {
        BackupMark _ =
                cluster.marks().change(first, mark -> mark.withPin(Optional.of(new Pin(Optional.empty(), true))));
        BackupMark _ = cluster.marks().change(second, mark -> mark.withNote(Optional.of("sound")));
        ObjectName name = TinyRepository.only(storage, "marks/" + first + ".json");
        byte[] sound = TinyRepository.bytes(storage, name);
        for (int at = 0; at < sound.length; at++) {
            TinyRepository.overwrite(storage, name, sound);
            TinyRepository.flip(storage, name, at);
            BackupMarks.Listing all = cluster.marks().all();
            assertThat(all.unreadable()).containsOnlyKeys(first);
            assertThat(all.sound()).containsOnlyKeys(second);
        }
        assertThatThrownBy(() -> cluster.marks().change(first, mark -> mark.withNote(Optional.of("new"))))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED));
        assertThat(cluster.backups()).hasSize(2);
        Label _ = backup();
        assertThat(TinyRepository.names(storage)).contains(name);
    }

    @Test
    void aMarkUnderAnotherBackupsNameIsDamage() {
        BackupMark _ = cluster.marks().change(first, mark -> mark.withNote(Optional.of("mine")));
        ObjectName name = TinyRepository.only(storage, "marks/" + first + ".json");
        storage.create(
                new ObjectName(name.value().replace(first.value(), second.value())),
                TinyRepository.bytes(storage, name));
        assertThat(cluster.marks().all().unreadable().get(second))
                .hasMessageContaining("is the mark of backup " + first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"note\":\"\"}",
                "{\"note\":\"a\\nb\"}",
                "{\"name\":\"20261121-203000F\"}",
                "{\"name\":\"a b\"}",
                "{\"annotations\":{\"a b\":\"c\"}}",
                "{\"annotations\":{\"a\":1}}",
                "{\"pin\":{}}",
                "{\"pin\":{\"until\":\"soon\",\"keepWal\":false}}",
                "{\"validation\":{\"status\":\"fine\",\"at\":\"2026-11-22T12:00:00Z\",\"depth\":\"deep\"}}",
                "{\"validation\":{\"status\":\"ok\",\"at\":\"2026-11-22T12:00:00Z\",\"depth\":\"odd\"}}",
                "{\"validation\":{\"status\":\"damaged\",\"at\":\"2026-11-22T12:00:00Z\",\"depth\":\"deep\","
                        + "\"damage\":[],\"more\":0}}"
            })
    void whatIsCheckedBeforeAWriteIsCheckedAfterARead(String fields) {
        byte[] record = sealed("{\n  \"format\" : 1,\n  \"label\" : \"" + first + "\",\n  "
                + fields.substring(1, fields.length() - 1));
        assertThatThrownBy(() -> BackupMark.parse(record, "here"))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                .hasMessageContaining("is missing or of the wrong kind");
    }

    private static byte[] sealed(String beginning) {
        String record = beginning + ",\n  \"hash\" : \"" + RecordEnvelope.NO_HASH + "\"\n}\n";
        return RecordEnvelope.seal(record.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void ofManyDamagesAsMuchIsKeptAsARecordMayHold() {
        List<String> many = Stream.iterate(0, i -> i + 1)
                .limit(250)
                .map(i -> i + " is damaged ".repeat(200))
                .toList();
        Validation kept = Validation.damaged(NOON, Validation.Depth.SCRUB, many);
        assertThat(kept.damage()).hasSize(Validation.DAMAGE_MAX);
        assertThat(kept.more()).isEqualTo(150);
        BackupMark mark = BackupMark.none(first).withValidation(kept);
        assertThat(BackupMark.parse(mark.print(), "here")).isEqualTo(mark);
    }

    @Test
    void namesAreNoLabels() {
        assertThat(GivenName.parse("20261121-203000F")).isEmpty();
        assertThat(GivenName.parse("20261121-203000X")).isPresent();
        assertThat(GivenName.parse("")).isEmpty();
        assertThat(GivenName.parse("-x")).isEmpty();
        assertThat(GivenName.parse("x".repeat(65))).isEmpty();
    }
}
