package org.pgkeep.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/exit-statuses.md to the table of errors. */
class ExitStatusesTest {
    private static final Path PAGE = Path.of("docs/exit-statuses.md");
    private static final Pattern ROW = Pattern.compile("^\\| (\\d+) \\| `([A-Z_]+)` \\| ([a-z ]+) \\|.*");

    @Test
    void thePageListsEveryErrorOnceAndInOrder() throws IOException {
        assertThat(rows())
                .containsExactlyElementsOf(Arrays.stream(ErrorCode.values())
                        .map(code -> new Row(code.exitStatus(), code.name(), whoCanAct(code.kind())))
                        .toList());
    }

    @Test
    void thePageListsTheStatusesOfRunsThatDidTheirWork() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains("| " + ErrorCode.EXIT_NOT_FOUND + " | `archive-get` only")
                .contains("| " + ErrorCode.EXIT_WARNINGS + " | Done, with warnings");
    }

    @Test
    void aStatusMeansOneThing() {
        assertThat(ErrorCode.values())
                .extracting(ErrorCode::exitStatus)
                .doesNotHaveDuplicates()
                .doesNotContain(0, ErrorCode.EXIT_NOT_FOUND, ErrorCode.EXIT_WARNINGS);
    }

    /** A shell keeps 126 and above for commands that it could not run, and for signals. */
    @ParameterizedTest
    @EnumSource
    void aStatusIsOneThatShellAndServerLeaveToPrograms(ErrorCode code) {
        assertThat(code.exitStatus()).isBetween(2, 125);
    }

    private record Row(int status, String name, String whoCanAct) {}

    private static List<Row> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .map(row -> new Row(Integer.parseInt(row.group(1)), row.group(2), row.group(3)))
                .toList();
    }

    private static String whoCanAct(ErrorCode.Kind kind) {
        return switch (kind) {
            case USER -> "you";
            case ENVIRONMENT -> "environment";
            case STORED_DATA -> "stored data";
            case BUG -> "pgkeep";
        };
    }
}
