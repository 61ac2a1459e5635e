package org.pgkeep.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgkeep.progress.Progress;

class LineProgressTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MIB = 1L << 20;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long nanos;

    private Progress progress(LogLevel level, boolean steps) {
        Log log = Log.open(
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Optional.empty(),
                level,
                LogFormat.TEXT,
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        return new LineProgress(log, steps, () -> nanos);
    }

    private List<String> messages() {
        return err.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.substring("1970-01-01T00:00:00.000+00:00 INFO  ".length()))
                .toList();
    }

    @Test
    void aStepSaysItsBeginningItsTenthsAndItsEnd() {
        try (Progress.Step step = progress(LogLevel.INFO, true).step("copy", 1000 * MIB)) {
            for (int i = 0; i < 10; i++) {
                nanos += 20 * SECOND;
                step.advance(100 * MIB);
            }
        }
        assertThat(messages()).hasSize(12);
        assertThat(messages()).startsWith("copy: 1000 MiB", "copy: 10%, 100 MiB of 1000 MiB, 5 MiB/s, 3 min left");
        assertThat(messages().getLast()).isEqualTo("copy: 1000 MiB in 3 min 20 s, 5 MiB/s");
    }

    @Test
    void aSlowStepSpeaksOnceAMinuteAndAFastOneNotMoreThanEveryTenSeconds() {
        try (Progress.Step step = progress(LogLevel.INFO, true).step("copy", 100_000 * MIB)) {
            for (int i = 0; i < 120; i++) {
                nanos += SECOND;
                step.advance(MIB);
            }
        }
        assertThat(messages()).hasSize(4);
        err.reset();
        try (Progress.Step step = progress(LogLevel.INFO, true).step("copy", 100 * MIB)) {
            for (int i = 0; i < 100; i++) {
                nanos += SECOND / 10;
                step.advance(MIB);
            }
        }
        assertThat(messages()).hasSize(3);
    }

    @Test
    void aStepWithoutMeasureSaysOnlyThatItIsDone() {
        try (Progress.Step step = progress(LogLevel.INFO, true).step("wait for WAL", 0)) {
            nanos += 90 * SECOND;
            step.note("00000001000000000000002A");
        }
        assertThat(messages()).containsExactly("wait for WAL", "wait for WAL: done in 1 min 30 s");
    }

    @Test
    void messagesBelowTheLevelAreLeftOut() {
        Progress progress = progress(LogLevel.WARN, true);
        progress.info("fine");
        progress.debug("detail");
        progress.warn("careful");
        assertThat(messages()).containsExactly("careful");
    }

    @Test
    void withoutStepsOnlyMessagesAreLines() {
        Progress progress = progress(LogLevel.INFO, false);
        try (Progress.Step step = progress.step("copy", 100)) {
            step.advance(100);
        }
        progress.info("done");
        assertThat(messages()).containsExactly("done");
    }
}
