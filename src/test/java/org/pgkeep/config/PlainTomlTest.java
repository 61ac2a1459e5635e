package org.pgkeep.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.PgkeepException;

/** Either it says what tomlj says, or nothing. */
final class PlainTomlTest {
    private static final List<String> PIECES = List.of(
            "[",
            "]",
            ".",
            "=",
            " ",
            "\t",
            "\n",
            "\r\n",
            "#",
            "\"",
            "'",
            "\\",
            ",",
            "a",
            "b",
            "cluster",
            "main",
            "-",
            "1",
            "0",
            "42",
            "true",
            "false",
            "\"x\"",
            "'y'",
            "[a]",
            "[a.b]",
            "\n[b]\n",
            "\na = 1\n",
            "a.b = 'x'\n",
            "b = [ \"x\", 'y' ]\n",
            "é",
            "[[a]]",
            "{",
            "}",
            "1_0",
            "+1",
            "1.5",
            "1979-05-27",
            "\"\"\"",
            "'''",
            "\u0000",
            "\u007F",
            "\uD83D\uDE00");

    @Property(tries = 20_000)
    void whatItReadsTheLibraryReadsAlike(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(24); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        assertAgrees(text.toString());
    }

    @Property(tries = 5000)
    void documentsOfLinesAreReadAlike(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(line(random)).append(random.nextInt(8) == 0 ? " # note\n" : "\n");
        }
        assertAgrees(text.toString());
    }

    private static String line(Random random) {
        String keys = keys(random);
        return switch (random.nextInt(7)) {
            case 0 -> "[" + keys + "]";
            case 1 -> keys + " = " + random.nextInt(1000);
            case 2 -> keys + "=" + random.nextBoolean();
            case 3 -> keys + " = ['x', \"y\",]";
            case 4 -> "";
            default -> keys + " = \"text\"";
        };
    }

    private static String keys(Random random) {
        List<String> keys = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            keys.add(List.of("a", "b", "c").get(random.nextInt(3)));
        }
        return String.join(".", keys);
    }

    private static void assertAgrees(String text) {
        Optional<TomlItem.Table> plain = PlainToml.read(text);
        if (plain.isPresent()) {
            TomlItem.Table full;
            try {
                full = FullToml.read(text, "file");
            } catch (PgkeepException e) {
                throw new AssertionError(
                        "'" + text + "' is read as " + plain.get().items(), e);
            }
            assertThat(described(plain.get())).as(text).isEqualTo(described(full));
        }
    }

    /** With the order of keys, which equal maps need not share. */
    private static String described(TomlItem.Table table) {
        StringBuilder text = new StringBuilder("{");
        table.items()
                .forEach((key, item) -> text.append(key)
                        .append('@')
                        .append(item.line())
                        .append(item instanceof TomlItem.Table inner ? described(inner) : item)
                        .append(' '));
        return text.append('}').toString();
    }

    @Test
    void aUsualFileIsPlain() {
        String text = """
                # pgkeep
                log-level = "info"

                [repository.local]
                path = "/var/lib/pgkeep"
                compression = 'zstd:3' # as measured
                key-file = "/etc/pgkeep/größe.key"

                [cluster.main]
                pgdata = "/var/lib/postgresql/17/main"
                port = 5432
                checksums = true
                retention.full = 2
                retention.window = "14d"
                exclude = ["a", "b"]

                [cluster.main.command.backup]
                jobs = 4
                """;
        assertThat(PlainToml.read(text)).isPresent();
        assertAgrees(text);
        assertAgrees(text.replace("\n", "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = \"\\u00e9\"",
                "a = \"\"\"x\"\"\"",
                "a = 1.5",
                "a = 007",
                "a = [1, 2]",
                "a = {b = 1}",
                "[[a]]",
                "\"a b\" = 1",
                "a = 1\na = 2",
                "[a]\n[a]",
                "a.b = 1\n[a]",
                "a = 1 b = 2",
                "a",
                "a = ",
                "= 1"
            })
    void theRestIsLeftToTheLibrary(String text) {
        assertThat(PlainToml.read(text)).isEmpty();
    }
}
