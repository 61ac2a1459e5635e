package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandToTheRight() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Table("NAME", ">SIZE", "NOTE")
                .row("a", "1 KiB", "")
                .row("longer", "12 KiB", "x")
                .print(new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("NAME      SIZE  NOTE\na        1 KiB\nlonger  12 KiB  x\n");
    }

    @Test
    void aSheetHasOneColumnOfValues() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Sheet("title")
                .fact("a", "1")
                .facts("several", List.of("2", "3"))
                .facts("none", List.of())
                .print(new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("title\n  a        1\n  several  2\n           3\n");
    }
}
