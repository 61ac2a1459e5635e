package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The pages say what the program does. {@code mvn test -Dtest=ReferencePagesTest -Dpgkeep.rewrite=true} writes them anew. */
class ReferencePagesTest {
    private static final Path FOLDER = Path.of("docs/reference");

    @Test
    void thePageOfCommandsIsWhatHelpPrints() throws IOException {
        assertIs(FOLDER.resolve("commands.md"), ReferencePages.commands());
    }

    @Test
    void thePageOfOptionsIsTheTable() throws IOException {
        assertIs(FOLDER.resolve("options.md"), ReferencePages.options());
    }

    private static void assertIs(Path file, String expected) throws IOException {
        if (Boolean.getBoolean("pgkeep.rewrite")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, expected);
        }
        assertThat(Files.readString(file)).isEqualTo(expected);
    }
}
