package org.pgkeep.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

class ProgramRunTest {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    @TempDir
    Path home;

    private ProgramRun run(String script) {
        return ProgramRun.of(List.of("sh", "-c", script), home, Map.of("PGKEEP_EXTRA", "x"), LONGEST);
    }

    @Test
    void outputErrorsAndExitStatusAreKept() {
        ProgramRun run = run("echo out; echo err >&2; exit 3");
        assertThat(run.out()).isEqualTo("out\n");
        assertThat(run.err()).isEqualTo("err\n");
        assertThat(run.exitStatus()).isEqualTo(3);
    }

    @Test
    void aFailureIsAnErrorWithTheProgramsWords() {
        assertThat(run("true").orThrow().exitStatus()).isZero();
        assertThatThrownBy(() -> run("echo why >&2; exit 3").orThrow())
                .hasMessageContaining("exit status 3")
                .hasMessageContaining("why");
    }

    @Test
    void itRunsAtHomeInPlainEnglish() {
        assertThat(run("pwd; echo $HOME $LC_ALL $PGKEEP_EXTRA").out()).isEqualTo(home + "\n" + home + " C.UTF-8 x\n");
    }

    @Test
    void whatTakesTooLongIsKilled() {
        List<String> sleep = List.of("sleep", "60");
        assertThatThrownBy(() -> ProgramRun.of(sleep, home, Map.of(), Duration.ofMillis(50)))
                .isInstanceOfSatisfying(
                        PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TERMINATED));
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        List<String> missing = List.of(home + "/missing");
        assertThatThrownBy(() -> ProgramRun.of(missing, home, Map.of(), LONGEST))
                .hasMessageContaining(home + "/missing");
    }
}
