package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.memory.MemoryStorage;

/** {@code verify}, as people type it: backups at half past eight and twenty minutes later, WAL every ten minutes from then on. */
class VerifyCommandTest {
    @TempDir
    private Path temporary = Path.of("/nowhere");

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");
    private final MemoryStorage storage = new MemoryStorage(clock);
    private Label first = Label.parse("20261121-203000F").orElseThrow();
    private Label second = first;

    @BeforeEach
    void fill() throws IOException {
        push(3);
        push(4);
        first = backup(1);
        clock.move(600);
        push(5);
        clock.move(600);
        push(6);
        second = backup(2);
        clock.move(600);
        push(7);
    }

    private Label backup(int seed) {
        return TinyRepository.backup(
                        TinyRepository.cluster(storage, clock),
                        clock,
                        TinyRepository.files(seed),
                        true,
                        Compression.DEFAULT)
                .label();
    }

    private static String segment(int number) {
        return "00000001000000000000000" + number;
    }

    private void push(int number) throws IOException {
        Path file = Files.write(temporary.resolve("segment"), TinyRepository.segment(segment(number), 9));
        TinyRepository.cluster(storage, clock).wal().push(segment(number), file, Compression.DEFAULT);
    }

    private ObjectName stored(int number) {
        return TinyRepository.names(storage).stream()
                .filter(name -> name.value().contains("/" + segment(number) + "-"))
                .findFirst()
                .orElseThrow();
    }

    private Runs.Outcome verify(String... arguments) {
        List<String> all = new ArrayList<>(List.of("verify"));
        all.addAll(List.of(arguments));
        return new Runs(temporary.resolve("etc"))
                .with("PGKEEP_REPO_PATH", "/repo")
                .with("PGKEEP_ALLOW_ROOT", "true")
                .in(storage, clock)
                .run(all.toArray(String[]::new));
    }

    private Map.Entry<Integer, JsonNode> ask(String... target) throws IOException {
        List<String> all = new ArrayList<>(List.of("--output=json"));
        all.addAll(List.of(target));
        Runs.Outcome outcome = verify(all.toArray(String[]::new));
        return Map.entry(outcome.status(), new ObjectMapper().readTree(outcome.out()));
    }

    private static final int UNREACHABLE = ErrorCode.TARGET_UNREACHABLE.exitStatus();

    @Test
    void whatWasMarkedIsSaid() {
        TinyRepository.flip(storage, new ObjectName("clusters/main/backups/" + second + "/packs/1.pack"), 100);
        Runs.Outcome outcome = verify();
        assertThat(outcome.status()).isEqualTo(ErrorCode.DAMAGED.exitStatus());
        assertThat(outcome.out()).contains("marked     1 backup as verified, 1 as damaged: " + second);
        assertThat(verify("--no-mark").out()).doesNotContain("marked ");
    }

    @Test
    void aTimeIsReachedByTheNewestBackupBeforeItAndItsWal() throws IOException {
        Map.Entry<Integer, JsonNode> answer = ask("--target-time", "2026-11-21 20:55:00+00");
        assertThat(answer.getKey()).isZero();
        assertThat(answer.getValue().get("reachable").asBoolean()).isTrue();
        assertThat(answer.getValue().get("backup").asText()).isEqualTo(second.value());
        assertThat(answer.getValue().get("firstSegment").asText()).isEqualTo(segment(3));
        assertThat(answer.getValue().get("lastSegment").asText()).isEqualTo(segment(7));
        assertThat(answer.getValue().get("nextSegment").asText()).isEqualTo(segment(8));
        assertThat(answer.getValue().get("backups").get(0).get("status").asText())
                .isEqualTo("verified");

        JsonNode earlier = ask("--target-time", "2026-11-21 20:35:00+00").getValue();
        assertThat(earlier.get("backup").asText()).isEqualTo(first.value());
        assertThat(earlier.get("lastSegment").asText())
                .as("the first that was archived after it")
                .isEqualTo(segment(5));
        assertThat(verify("--target-time", "2026-11-21 20:35:00+00").out()).contains(" can be restored from ");
    }

    @Test
    void aTimeBehindTheArchiveIsNotReachedAndTheNewestMomentIsSaid() throws IOException {
        Map.Entry<Integer, JsonNode> answer = ask("--target-time", "2026-11-21 21:30:00+00");
        assertThat(answer.getKey()).isEqualTo(UNREACHABLE);
        assertThat(answer.getValue().get("reachable").asBoolean()).isFalse();
        assertThat(answer.getValue().get("nextSegment").asText()).isEqualTo(segment(8));
        assertThat(answer.getValue().get("nearestBefore").get("time").asText()).isEqualTo("2026-11-21T21:00:00Z");
        assertThat(verify("--target-time", "2026-11-21 21:30:00+00").out())
                .contains(" CANNOT be restored from ", "WAL segment " + segment(8) + " is not in the archive");
    }

    @Test
    void aTimeBeforeAllBackupsNamesTheFirstThatIsReached() throws IOException {
        Map.Entry<Integer, JsonNode> answer = ask("--target-time", "2026-11-21 20:00:00+00");
        assertThat(answer.getKey()).isEqualTo(UNREACHABLE);
        assertThat(answer.getValue().get("reason").asText()).contains(first + ": it ended at");
        assertThat(answer.getValue().get("nearestAfter").get("time").asText()).isEqualTo("2026-11-21T20:30:00Z");
        assertThat(answer.getValue().has("nearestBefore")).isFalse();
    }

    @Test
    void aMissingSegmentOnTheWayIsNamed() throws IOException {
        storage.delete(stored(6));
        Map.Entry<Integer, JsonNode> answer = ask("--target-time", "2026-11-21 20:55:00+00");
        assertThat(answer.getKey()).isEqualTo(UNREACHABLE);
        assertThat(answer.getValue().get("nextSegment").asText()).isEqualTo(segment(6));

        Map.Entry<Integer, JsonNode> lsn = ask("--target-lsn", "0/700010");
        assertThat(lsn.getKey()).isEqualTo(UNREACHABLE);
        assertThat(lsn.getValue().get("reason").asText()).contains(segment(6));
        assertThat(lsn.getValue().get("nearestBefore").get("lsn").asText()).isEqualTo("0/600000");
        assertThat(ask("--target-lsn", "0/500010").getValue().get("lastSegment").asText())
                .isEqualTo(segment(5));
    }

    @Test
    void damagedWalOnTheWayIsFoundAndMarksNoBackup() throws IOException {
        TinyRepository.flip(storage, stored(6), 500);
        Map.Entry<Integer, JsonNode> answer = ask("--target-lsn", "0/700010");
        assertThat(answer.getKey()).isEqualTo(ErrorCode.DAMAGED.exitStatus());
        assertThat(answer.getValue().get("reachable").asBoolean()).isFalse();
        assertThat(answer.getValue().get("findings").get(0).get("object").asText())
                .contains(segment(6));
        assertThat(answer.getValue().get("backups").get(0).get("status").asText())
                .isEqualTo("verified");
        assertThat(ask("--target-lsn", "0/500010").getKey()).as("before it").isZero();
    }

    @Test
    void whereTheBackupIsDamagedAnotherThatLeadsThereIsNamedAndTakenNextTime() throws IOException {
        TinyRepository.flip(storage, new ObjectName("clusters/main/backups/" + second + "/packs/1.pack"), 100);
        Map.Entry<Integer, JsonNode> answer = ask("--target-time", "2026-11-21 20:55:00+00");
        assertThat(answer.getKey()).isEqualTo(ErrorCode.DAMAGED.exitStatus());
        assertThat(answer.getValue().get("instead").asText()).isEqualTo(first.value());
        Map.Entry<Integer, JsonNode> again = ask("--target-time", "2026-11-21 20:55:00+00");
        assertThat(again.getKey()).isZero();
        assertThat(again.getValue().get("backup").asText()).isEqualTo(first.value());
        assertThat(ask("--target-time", "2026-11-21 20:55:00+00", "--backup", second.value())
                        .getKey())
                .as("named, it is looked at again")
                .isEqualTo(ErrorCode.DAMAGED.exitStatus());
    }

    @Test
    void whatOnlyRecoveryFindsIsSaidToBeUncertain() throws IOException {
        Map.Entry<Integer, JsonNode> answer = ask("--target-name", "before");
        assertThat(answer.getKey()).isZero();
        assertThat(answer.getValue().get("certain").asBoolean()).isFalse();
        assertThat(verify("--target-xid", "4711").out()).contains("only recovery finds out", "transaction 4711");
        assertThat(ask("--target", "immediate").getValue().get("lastSegment").asText())
                .isEqualTo(segment(4));
        assertThat(ask("--target-timeline", "7").getKey()).isEqualTo(UNREACHABLE);
        assertThat(ask("--target-timeline", "7").getValue().get("reason").asText())
                .contains("the timeline asked for is not in the archive");
    }

    @Test
    void whatWasVerifiedLatelyIsNotReadAgain() throws IOException {
        assertThat(verify().out()).doesNotContain("not read");
        Runs.Outcome again = verify("--older-than", "30d", "--rate-limit", "1GiB");
        assertThat(again.status()).as(again.err()).isZero();
        assertThat(again.out()).containsPattern("not read +\\d+ packs and WAL files that were verified lately");
        assertThat(ask("--older-than", "30d")
                        .getValue()
                        .get("read")
                        .get("packs")
                        .asInt())
                .isZero();
    }

    @Test
    void whenSomethingWasVerifiedIsSealedToo() {
        MemoryStorage sealed = new MemoryStorage(clock);
        ClusterStore _ = TinyRepository.sealedCluster(sealed, clock);
        Runs runs = new Runs(temporary.resolve("etc"))
                .with("PGKEEP_REPO_PATH", "/repo")
                .with("PGKEEP_ALLOW_ROOT", "true")
                .in(sealed, clock);
        assertThat(runs.run("verify").status()).isZero();
        assertThat(runs.run("verify", "--older-than", "30d").status()).isEqualTo(ErrorCode.KEY_MISSING.exitStatus());
    }
}
