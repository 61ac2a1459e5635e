package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What src/dist/bin/pgkeep says to PostgreSQL about a segment, with archivers that are shell scripts. */
class AsyncLauncherTest {
    private static final String SEGMENT = "000000010000000000000003";

    /** Each line of the log is a start; the archiver then does what the test wrote into a file. */
    private static final String FAKE_JAVA = """
            #!/bin/sh
            echo "$0 $*" >>"$FAKE_LOG"
            for argument; do case $argument in -Dpgkeep.spool.call=*) call=${argument#*=} ;; esac; done
            boot=$(cat /proc/sys/kernel/random/boot_id)
            read -r stat </proc/$$/stat
            set -- ${stat##*) }
            life="pgkeep-archiver 1 $$ ${20} $boot"
            announce() { printf '%s\\n%s\\n' "$life" "$call" >"$SPOOL/x.tmp"; mv "$SPOOL/x.tmp" "$SPOOL/archiver"; }
            ok() { printf '%s\\n' "$life" "$@" >"$SPOOL/x.tmp"; touch -r "pg_wal/$SEGMENT" "$SPOOL/x.tmp"
                mv "$SPOOL/x.tmp" "$SPOOL/$SEGMENT.ok"; rm -f "$SPOOL/$SEGMENT.wanted"; }
            error() { read -r request <"$SPOOL/$SEGMENT.wanted"; printf '%s\\n%s\\n%s\\n' "$request" 33 "$1" >"$SPOOL/x.tmp"
                mv "$SPOOL/x.tmp" "$SPOOL/$SEGMENT.error"; rm -f "$SPOOL/$SEGMENT.wanted"; }
            . "$FAKE_SCRIPT"
            """;

    @TempDir
    private Path directory;

    private FakeWorkers workers;
    private Path data;
    private Path spool;

    @BeforeEach
    void install() throws IOException {
        workers = new FakeWorkers(directory, FAKE_JAVA);
        data = workers.data();
        Files.writeString(data.resolve("pg_wal").resolve(SEGMENT), "a segment");
        spool = directory.resolve("the spool");
        workers.export("SPOOL", spool.toString());
        workers.export("SEGMENT", SEGMENT);
    }

    @AfterEach
    void endArchiver() throws Exception {
        FakeWorkers.kill(spool.resolve("archiver"));
    }

    @Test
    void theFirstSegmentStartsTheArchiverAndTheNextIsAnsweredWithoutAnyProcess() throws Exception {
        workers.script("announce; sleep 0.2; ok; exec sleep 30");
        assertThat(push().status()).isZero();
        assertThat(workers.starts()).hasSize(1);
        assertThat(workers.starts().getFirst())
                .endsWith(
                        "archive-push --archive-async --spool-path " + spool + " --cluster main --async-worker pg_wal");

        workers.export("PATH", "/nothing/here");
        FakeWorkers.Run again = push();
        assertThat(again.output()).isEmpty();
        assertThat(again.status()).isZero();
        assertThat(workers.starts()).hasSize(1);
    }

    @Test
    void warningsAboutASegmentReachTheServersLog() throws Exception {
        workers.script("announce; ok 'it has no summary' 'and more'; exec sleep 30");
        FakeWorkers.Run run = push();
        assertThat(run.status()).isZero();
        assertThat(run.output()).isEqualTo("pgkeep: warning: it has no summary\npgkeep: warning: and more\n");
    }

    @Test
    void anErrorIsToldWithItsStatusAndTheNextTryIsANewOne() throws Exception {
        workers.script(
                "announce; error 'pgkeep: error: no'; sleep 0.5; while [ ! -f \"$SPOOL/$SEGMENT.wanted\" ]; do sleep 0.05; done;"
                        + " ok; exec sleep 30");
        FakeWorkers.Run run = push();
        assertThat(run.output()).isEqualTo("pgkeep: error: no\n");
        assertThat(run.status()).isEqualTo(33);
        assertThat(spool.resolve(SEGMENT + ".error")).doesNotExist();
        assertThat(push().status()).isZero();
        assertThat(workers.starts()).hasSize(1);
    }

    /** PostgreSQL would remove the segment. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "", "no number"})
    void aRefusalIsNeverTakenForSuccess(String status) throws Exception {
        workers.script(
                "announce; read -r request <\"$SPOOL/$SEGMENT.wanted\"; printf '%s\\n" + status
                        + "\\nno\\n' \"$request\" >\"$SPOOL/x.tmp\"; mv \"$SPOOL/x.tmp\" \"$SPOOL/$SEGMENT.error\"; exec sleep 30");
        FakeWorkers.Run run = push();
        assertThat(run.output()).isEqualTo("no\n");
        assertThat(run.status()).isEqualTo(26);
    }

    /** Rewritten since, or restored: a file of this name with another content was never stored. */
    @ParameterizedTest
    @ValueSource(longs = {-1_000_000_000L, -1, 1, 1_000_000_000L})
    void anAcknowledgementIsGoodForTheVeryFileOnly(long laterNanos) throws Exception {
        workers.script("announce; ok; exec sleep 30");
        assertThat(push().status()).isZero();
        Path segment = data.resolve("pg_wal").resolve(SEGMENT);
        Instant time = Files.getLastModifiedTime(segment).toInstant().plusNanos(laterNanos);
        Files.setLastModifiedTime(segment, FileTime.from(time));
        assertThat(push("--archive-timeout", "300ms").status()).isEqualTo(26);
    }

    @Test
    void anAcknowledgementOfAnArchiverThatWasKilledCountsForNothing() throws Exception {
        workers.script("announce; ok; exec sleep 30");
        assertThat(push().status()).isZero();
        endArchiver();
        workers.script("announce; sleep 30");
        assertThat(push("--archive-timeout", "500ms").status()).isEqualTo(26);
        assertThat(workers.starts()).hasSize(2);
    }

    @Test
    void aProcessThatGotTheNumberOfADeadArchiverIsNotTakenForIt() throws Exception {
        workers.script("announce; ok; exec sleep 30");
        assertThat(push().status()).isZero();
        String life = Files.readString(spool.resolve("archiver"));
        String[] words = life.split(" ", 5);
        String other = String.join(" ", words[0], words[1], words[2], words[3] + "1", words[4]);
        long pid = Long.parseLong(words[2]);
        Files.writeString(spool.resolve("archiver"), other);
        Files.writeString(
                spool.resolve(SEGMENT + ".ok"), other.lines().findFirst().orElseThrow() + "\n");
        Files.setLastModifiedTime(
                spool.resolve(SEGMENT + ".ok"),
                Files.getLastModifiedTime(data.resolve("pg_wal").resolve(SEGMENT)));
        workers.script("announce; sleep 30");
        assertThat(push("--archive-timeout", "300ms").status()).isEqualTo(26);
        assertThat(workers.starts()).hasSize(2);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void onceARepositoryTurnedOutToBeSealedArchiversAreStartedWithTheFullCompiler() throws Exception {
        workers.script("announce; if [ -f \"$SPOOL/sealed\" ]; then ok; exec sleep 30; fi; "
                + "true >\"$SPOOL/sealed\"; rm -f \"$SPOOL/archiver\"");
        assertThat(push().status()).isZero();
        List<String> starts = workers.starts();
        assertThat(starts).hasSize(2);
        assertThat(starts.getFirst()).contains(" -XX:TieredStopAtLevel=1 ", " -Dpgkeep.spool.ciphers=slow ");
        assertThat(starts.getLast()).contains("com.sun.crypto").doesNotContain("TieredStopAtLevel", "ciphers=slow");
    }

    @Test
    void anArchiverOfAnotherCommandLineMakesRoom() throws Exception {
        workers.script(
                "announce; ok; while [ ! -f \"$SPOOL/retire\" ]; do sleep 0.05; done; rm \"$SPOOL/$SEGMENT.ok\" \"$SPOOL/archiver\"");
        assertThat(push().status()).isZero();
        workers.script("announce; rm -f \"$SPOOL/retire\"; ok; exec sleep 30");
        assertThat(push("--repo-path", "/elsewhere").status()).isZero();
        assertThat(workers.starts()).hasSize(2);
        assertThat(workers.starts().getLast()).contains("--repo-path /elsewhere");
    }

    @Test
    void anArchiverThatCannotBeginSaysWhy() throws Exception {
        workers.script("echo 'pgkeep: error: no such option' >&2; exit 3");
        FakeWorkers.Run run = push();
        assertThat(run.output()).isEqualTo("pgkeep: error: no such option\n");
        assertThat(run.status()).isEqualTo(3);
    }

    /** PostgreSQL ends its own archiver process at a status above 125. */
    @Test
    void anArchiverThatIsKilledAgainAndAgainIsNoSignalForPostgresql() throws Exception {
        workers.script("kill -9 $$");
        assertThat(push().status()).isEqualTo(26);
        assertThat(workers.starts()).hasSize(5);
    }

    @Test
    void oneKilledInTheMiddleIsReplacedWhileTheLauncherWaits() throws Exception {
        workers.script(
                "announce; if [ -f \"$SPOOL/once\" ]; then ok; exec sleep 30; fi; : >\"$SPOOL/once\"; kill -9 $$");
        assertThat(push().status()).isZero();
        assertThat(workers.starts()).hasSize(2);
    }

    @Test
    void aSilentArchiverIsNotWaitedForLongerThanTold() throws Exception {
        workers.script("announce; exec sleep 30");
        FakeWorkers.Run run = push("--archive-timeout", "1s");
        assertThat(run.status()).isEqualTo(26);
        assertThat(run.output()).startsWith("pgkeep: error: " + SEGMENT + " is not in the repository after 1s");
        assertThat(Files.readString(spool.resolve(SEGMENT + ".wanted"))).endsWith("\npg_wal/" + SEGMENT + "\n");
    }

    @Test
    void theSpoolIsForNobodyElse() throws Exception {
        workers.script("announce; ok; exec sleep 30");
        assertThat(push().status()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool)))
                .isEqualTo("rwx------");
    }

    @Test
    void whatIsMissingOnTheLineIsSaid() throws Exception {
        FakeWorkers.Run run = workers.run(List.of("archive-push", "--archive-async", "pg_wal/" + SEGMENT));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.output())
                .startsWith("pgkeep: error: --archive-async needs --spool-path on the same command line\n");
        FakeWorkers.Run timeout = push("--archive-timeout", "1h 30min");
        assertThat(timeout.status()).isEqualTo(2);
        assertThat(timeout.output()).startsWith("pgkeep: error: --archive-timeout is '1h 30min'");
        assertThat(workers.log()).doesNotExist();
    }

    @Test
    void withoutTheOptionTheProgramItselfPushes() throws Exception {
        workers.script("exit 7");
        assertThat(workers.run(List.of("archive-push", "--spool-path", spool.toString(), "pg_wal/" + SEGMENT))
                        .status())
                .isEqualTo(7);
        assertThat(workers.run(List.of("archive-push", "--no-archive-async", "pg_wal/" + SEGMENT))
                        .status())
                .isEqualTo(7);
        assertThat(workers.run(List.of("archive-push", "--archive-async", "--help"))
                        .status())
                .isEqualTo(7);
        assertThat(spool).doesNotExist();
    }

    private FakeWorkers.Run push(String... more) throws Exception {
        List<String> words = new ArrayList<>(
                List.of("archive-push", "--archive-async", "--spool-path", spool.toString(), "--cluster", "main"));
        words.addAll(List.of(more));
        words.add("pg_wal/" + SEGMENT);
        return workers.run(words);
    }
}
