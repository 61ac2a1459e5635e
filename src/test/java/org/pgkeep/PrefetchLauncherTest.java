package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What src/dist/bin/pgkeep gives PostgreSQL of a prefetcher's spool, with prefetchers that are shell scripts. */
class PrefetchLauncherTest {
    private static final String SEGMENT = "000000010000000000000003";
    private static final String NEXT = "000000010000000000000004";

    /** Started for one file, without a prefetcher, it ends with the status that the test told. */
    private static final String FAKE_JAVA = """
            #!/bin/sh
            echo "$0 $*" >>"$FAKE_LOG"
            case " $* " in *' --async-worker '*) ;; *)
                echo direct; exit "${DIRECT:-213}" ;; esac
            for argument; do case $argument in
                -Dpgkeep.spool.call=*) call=${argument#*=} ;;
                -Dpgkeep.spool.place=*) place=${argument#*=} ;;
            esac; done
            SPOOL=$SPOOL/$place
            boot=$(cat /proc/sys/kernel/random/boot_id)
            read -r stat </proc/$$/stat
            set -- ${stat##*) }
            life="pgkeep-prefetcher 1 $$ ${20} $boot"
            queue=$SPOOL/queue-$$-${20}
            announce() { mkdir "$queue"; printf '%s\\n%s\\n%s\\n' "$life" "$call" "${1-rename}" >"$SPOOL/x.tmp"
                mv "$SPOOL/x.tmp" "$SPOOL/prefetcher"; }
            ready() { echo "content of ${1%%.*}" >"$SPOOL/x.tmp"; mv "$SPOOL/x.tmp" "$queue/$1"; }
            request() { while [ ! -f "$SPOOL/$SEGMENT.wanted" ]; do sleep 0.02; done
                read -r request <"$SPOOL/$SEGMENT.wanted"; }
            given() { request; ready "$SEGMENT.$request"; rm -f "$SPOOL/$SEGMENT.wanted"; }
            answer() { request; printf '%s\\n' "${2-$request}" "$1" >"$SPOOL/x.tmp"; mv "$SPOOL/x.tmp" "$SPOOL/$SEGMENT.answer"
                rm -f "$SPOOL/$SEGMENT.wanted"; }
            . "$FAKE_SCRIPT"
            """;

    @TempDir
    private Path directory;

    private FakeWorkers workers;
    private Path target;
    private Path spools;
    private Path spool;

    @BeforeEach
    void install() throws IOException {
        workers = new FakeWorkers(directory, FAKE_JAVA);
        target = workers.data().resolve("pg_wal/RECOVERYXLOG");
        spools = directory.resolve("the spool");
        spool = spools.resolve("get/" + workers.data().toString().substring(1).replace('/', '%'));
        workers.export("SPOOL", spools.toString());
        workers.export("SEGMENT", SEGMENT);
        Files.writeString(workers.data().resolve("postmaster.pid"), "4711\n/data\n1764000000\n5432\n");
    }

    @AfterEach
    void endPrefetcher() throws Exception {
        FakeWorkers.kill(spool.resolve("prefetcher"));
    }

    @Test
    void theFirstFileStartsThePrefetcherAndTheNextIsMovedIntoPlaceByNothingButMv() throws Exception {
        workers.script("announce; ready " + NEXT + "; given; exec sleep 30");
        assertThat(get(SEGMENT)).isEqualTo(new FakeWorkers.Run(0, ""));
        assertThat(target).hasContent("content of " + SEGMENT);
        assertThat(workers.starts()).hasSize(1);
        assertThat(workers.starts().getFirst())
                .endsWith(
                        "archive-get --archive-async --spool-path " + spools + " --cluster main --async-worker pg_wal");

        Path only = Files.createDirectory(directory.resolve("only mv"));
        Files.createSymbolicLink(only.resolve("mv"), Path.of("/bin/mv"));
        workers.export("PATH", only.toString());
        Files.delete(target);
        assertThat(get(NEXT)).isEqualTo(new FakeWorkers.Run(0, ""));
        assertThat(target).hasContent("content of " + NEXT);
        assertThat(queue()).isEmpty();
        assertThat(workers.starts()).hasSize(1);
    }

    @Test
    void onAnotherFileSystemTheTargetIsNeverHalfThere() throws Exception {
        workers.script("announce copy; given; exec sleep 30");
        assertThat(get(SEGMENT).status()).isZero();
        assertThat(target).hasContent("content of " + SEGMENT);
        assertThat(queue()).isEmpty();
        assertThat(target.getParent()).isDirectoryNotContaining("glob:**pgkeep*");
    }

    @Test
    void onlyAnAnswerToThisVeryRequestSaysThatTheArchiveDoesNotHoldTheFile() throws Exception {
        workers.script("announce; answer missing; exec sleep 30");
        assertThat(get(SEGMENT)).isEqualTo(new FakeWorkers.Run(1, ""));
        assertThat(target).doesNotExist();
        assertThat(workers.starts()).hasSize(1);

        FakeWorkers.kill(spool.resolve("prefetcher"));
        workers.script("announce; answer missing stranger; sleep 0.3; ready \"$SEGMENT.$request\"; exec sleep 30");
        assertThat(get(SEGMENT).status()).isZero();
        assertThat(target).hasContent("content of " + SEGMENT);
    }

    @Test
    void anAnswerThatWasThereBeforeIsNoAnswer() throws Exception {
        workers.script("announce; given; given; exec sleep 30");
        assertThat(get(SEGMENT).status()).isZero();
        Files.writeString(spool.resolve(SEGMENT + ".answer"), "1\nmissing\n");
        assertThat(get(SEGMENT).status()).isZero();
    }

    /** Java then says what PostgreSQL must hear. */
    @ParameterizedTest
    @ValueSource(strings = {"failed", "", "missin", "1"})
    void whateverElseTheAnswerIsTheFileIsGotWithoutThePrefetcher(String word) throws Exception {
        workers.script("announce; answer '" + word + "'; exec sleep 30");
        assertThat(get(SEGMENT)).isEqualTo(new FakeWorkers.Run(213, "direct\n"));
        assertThat(workers.starts()).hasSize(2);
        assertThat(workers.starts().getLast())
                .endsWith("archive-get --archive-async --spool-path " + spools + " --cluster main " + SEGMENT
                        + " pg_wal/RECOVERYXLOG");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "100, 1", "1, 126", "213, 213", "137, 137"})
    void withoutThePrefetcherTheStatusIsAsEver(int ofJava, int ofLauncher) throws Exception {
        workers.export("DIRECT", Integer.toString(ofJava));
        workers.script("announce; answer failed; exec sleep 30");
        assertThat(get(SEGMENT).status()).isEqualTo(ofLauncher);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 3", "kill -9 $$", "announce; kill -9 $$"})
    void aPrefetcherThatEndsIsDoneWithout(String script) throws Exception {
        workers.script(script);
        FakeWorkers.Run run = get(SEGMENT);
        assertThat(run.status()).isEqualTo(213);
        assertThat(run.output())
                .contains("pgkeep: warning: the prefetcher ended")
                .endsWith("direct\n");
    }

    @Test
    void whatADeadPrefetcherLeftIsNeverGiven() throws Exception {
        workers.script("announce; ready " + NEXT + "; given; exec sleep 30");
        assertThat(get(SEGMENT).status()).isZero();
        FakeWorkers.kill(spool.resolve("prefetcher"));
        workers.script("announce; echo other >\"$queue/" + NEXT + "\"; exec sleep 30");
        assertThat(get(NEXT).status()).isZero();
        assertThat(target).hasContent("other");
        assertThat(workers.starts()).hasSize(2);
    }

    /** The same directory, restored again and started; or another repository on the command line. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPrefetcherOfAnotherServerOrCommandLineMakesRoom(boolean server) throws Exception {
        workers.script(
                "announce; ready " + NEXT
                        + "; given; while [ ! -f \"$SPOOL/retire\" ]; do sleep 0.05; done; rm -r \"$queue\" \"$SPOOL/prefetcher\"");
        assertThat(get(SEGMENT).status()).isZero();
        if (server) {
            Files.writeString(workers.data().resolve("postmaster.pid"), "4711\n/data\n1764000001\n5432\n");
        }
        workers.script("announce; rm -f \"$SPOOL/retire\"; echo other >\"$queue/" + NEXT + "\"; exec sleep 30");
        FakeWorkers.Run run = server ? get(NEXT) : get(NEXT, "--repo-path", "/elsewhere");
        assertThat(run).isEqualTo(new FakeWorkers.Run(0, ""));
        assertThat(target).hasContent("other");
        assertThat(workers.starts()).hasSize(2);
    }

    @Test
    void aSpoolThatCannotBeMadeIsDoneWithout() throws Exception {
        Files.writeString(spools, "a file");
        workers.export("DIRECT", "0");
        FakeWorkers.Run run = get(SEGMENT);
        assertThat(run.status()).isZero();
        assertThat(run.output())
                .contains("pgkeep: warning: cannot write into " + spool + ": getting " + SEGMENT + " without it")
                .endsWith("direct\n");
    }

    @Test
    void aTargetThatCannotBeWrittenIsLeftToTheProgram() throws Exception {
        workers.script("announce; ready " + NEXT + "; given; exec sleep 30");
        assertThat(get(SEGMENT).status()).isZero();
        FakeWorkers.Run run = run("--spool-path", spools.toString(), "--cluster", "main", NEXT, "pg_wal/no/XLOG");
        assertThat(run.status()).as(run.output()).isEqualTo(213);
    }

    /** Any status up to 125 would end recovery. */
    @Test
    void aCommandLineThatDoesNotGoTogetherIsLeftToTheProgram() throws Exception {
        assertThat(run("--cluster", "main", SEGMENT, "pg_wal/RECOVERYXLOG").status())
                .as("no --spool-path")
                .isEqualTo(213);
        assertThat(run("--spool-path", spools.toString(), "../" + SEGMENT, "pg_wal/RECOVERYXLOG")
                        .status())
                .isEqualTo(213);
        assertThat(run("--spool-path", spools.toString(), SEGMENT, "pg_wal/RECOVERY\nXLOG")
                        .status())
                .isEqualTo(213);
        assertThat(run("--spool-path", spools.toString(), "--no-archive-async", SEGMENT, "pg_wal/RECOVERYXLOG")
                        .status())
                .isEqualTo(213);
        assertThat(workers.starts()).noneMatch(line -> line.contains("--async-worker"));
        assertThat(spools).doesNotExist();
    }

    @Test
    void theSpoolIsForNobodyElse() throws Exception {
        workers.script("announce; given; exec sleep 30");
        assertThat(get(SEGMENT).status()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool)))
                .isEqualTo("rwx------");
    }

    /** What lies ready. */
    private List<Path> queue() throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> queues = Files.newDirectoryStream(spool, "queue-*")) {
            for (Path queue : queues) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(queue)) {
                    files.forEach(all::add);
                }
            }
        }
        return all;
    }

    private FakeWorkers.Run get(String file, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("--spool-path", spools.toString(), "--cluster", "main"));
        words.addAll(List.of(more));
        words.addAll(List.of(file, "pg_wal/RECOVERYXLOG"));
        return run(words.toArray(String[]::new));
    }

    private FakeWorkers.Run run(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("archive-get", "--archive-async"));
        all.addAll(List.of(words));
        return workers.run(all);
    }
}
