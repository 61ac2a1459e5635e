package org.pgkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Of a process of this machine it is known whether it ended; of all others nothing is. */
class LifeTest {
    @Test
    void whatRunsHasNotEndedAndWhatWasKilledHas() throws Exception {
        Process process = sleeper();
        Owner owner = owner(process);
        assertThat(owner.hasEnded()).isFalse();
        process.destroyForcibly().waitFor();
        assertThat(owner.hasEnded()).isTrue();
    }

    @Test
    void whoHasTheNumberNowIsNotWhoHadIt() throws IOException {
        Process process = sleeper();
        try {
            Life now = Life.of(process.pid()).orElseThrow();
            Life before = new Life(now.boot(), now.namespace(), "1" + now.start());
            assertThat(before.hasEnded(process.pid())).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void nothingIsKnownOfAnotherMachineAnotherBootOrAnotherContainer() throws Exception {
        Process process = sleeper();
        Life life = Life.of(process.pid()).orElseThrow();
        process.destroyForcibly().waitFor();
        assertThat(life.hasEnded(process.pid())).isTrue();
        assertThat(new Life("another-boot", life.namespace(), life.start()).hasEnded(process.pid()))
                .isFalse();
        assertThat(new Life(life.boot(), "pid:[1]", life.start()).hasEnded(process.pid()))
                .isFalse();
    }

    @Test
    void itComesBackAsItWasPrinted() {
        Life life = Life.ofThisProcess().orElseThrow();
        assertThat(Life.parse(life.toString())).contains(life);
        assertThat(Life.parse("")).isEmpty();
        assertThat(Life.parse("a/b/c/d")).isEmpty();
    }

    private static Process sleeper() throws IOException {
        return new ProcessBuilder("sleep", "600").start();
    }

    /** A process as the owner of something. */
    static Owner owner(Process process) {
        return new Owner("thishost", process.pid(), "00000000-0000-0000-0000-000000000003", Life.of(process.pid()));
    }
}
