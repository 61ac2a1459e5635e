package org.pgkeep.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

class DisplayTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Display open(Display.Look look, boolean terminal) {
        Screen screen = new Screen(new PrintStream(err, true, StandardCharsets.UTF_8), terminal, 80);
        return Display.open(look, screen, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), System::nanoTime);
    }

    private static Display.Look look(LogFormat format, Optional<Path> file) {
        return new Display.Look(Display.Steps.AUTO, LogLevel.INFO, format, file);
    }

    private String text() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void onATerminalABarIsDrawnAndErasedAgain() {
        try (Display display = open(look(LogFormat.TEXT, Optional.empty()), true)) {
            try (Progress.Step step = display.progress().step("copy", 100)) {
                step.advance(50);
                await().until(() -> text().contains(" 50%"));
                display.progress().warn("look here");
            }
        }
        assertThat(text()).contains("\r\033[K1970-01-01T00:00:00.000+00:00 WARN  look here\n");
        assertThat(text()).endsWith("/s\n").contains("INFO  copy: 50 B in ");
    }

    @Test
    void elsewhereAndWithJsonThereIsNoBar() {
        try (Display display = open(look(LogFormat.TEXT, Optional.empty()), false)) {
            display.progress().step("copy", 100).close();
        }
        try (Display display = open(look(LogFormat.JSON, Optional.empty()), true)) {
            display.progress().step("copy", 100).close();
        }
        assertThat(text()).doesNotContain("\033").doesNotContain("\r");
    }

    @Test
    void theFileGetsEveryLineAndIsAppendedTo() throws Exception {
        Path file = folder.resolve("log");
        Files.writeString(file, "before\n");
        try (Display display = open(look(LogFormat.TEXT, Optional.of(file)), false)) {
            display.progress().info("one");
            display.error(new PgkeepException(ErrorCode.CONFIG, "two", "Do it."));
        }
        assertThat(Files.readString(file))
                .isEqualTo(
                        "before\n1970-01-01T00:00:00.000+00:00 INFO  one\n1970-01-01T00:00:00.000+00:00 ERROR two\n");
        assertThat(text()).endsWith("pgkeep: error: two\nHINT: Do it.\n");
    }

    @Test
    void aBugAsksToBeReported() {
        assertThat(Display.forPeople(new PgkeepException(ErrorCode.BUG, "x"))).contains("please report");
    }

    @Test
    void aPipeIsNoTerminal() {
        assertThat(Screen.isTerminal(99)).isFalse();
    }
}
