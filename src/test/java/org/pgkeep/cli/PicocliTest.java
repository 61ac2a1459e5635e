package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.pgkeep.config.Arguments;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Given;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;
import org.pgkeep.error.PgkeepException;

class PicocliTest {
    private static Given parse(String... arguments) {
        return Picocli.parse(
                CommandName.of(Arguments.command(arguments).orElseThrow()).orElseThrow(), arguments);
    }

    @Property(tries = 300)
    void bothParsersReadTheSame(@ForAll @LongRange(min = 0) long seed) {
        String[] line = randomLine(new SplittableRandom(seed));
        Given expected = Arguments.parse(line);
        Given found = parse(line);
        assertThat(found.operands()).as(String.join(" ", line)).isEqualTo(expected.operands());
        assertThat(found.options()).as(String.join(" ", line)).isEqualTo(expected.options());
    }

    @Test
    void anOptionBeforeTheCommandIsNoValueOfAnotherThatMayStandAlone() {
        for (String[] line : new String[][] {
            {"--wal", "--config", "file", "info"}, {"--wal", "-c", "main", "info"}, {"--wal", "info", "--config=file"}
        }) {
            assertThat(Arguments.command(line)).contains("info");
            assertThat(parse(line).options()).isEqualTo(Arguments.parse(line).options());
        }
    }

    private static String[] randomLine(RandomGenerator random) {
        List<CommandName> commands = List.of(CommandName.values());
        CommandName command = commands.get(random.nextInt(commands.size()));
        List<String> words = new ArrayList<>();
        Set<Option<?>> used = new HashSet<>();
        List<Option<?>> options = Options.of(command);
        int commandAt = random.nextInt(4);
        for (int i = 0; i < 4; i++) {
            if (i == commandAt) {
                words.add(command.text());
            }
            if (!options.isEmpty()) {
                Option<?> option = options.get(random.nextInt(options.size()));
                if (!option.secret() && (used.add(option) || option.isList())) {
                    words.addAll(typed(option, random));
                }
            }
        }
        if (random.nextBoolean()) {
            words.addAll(List.of("operand", "an other"));
        }
        if (random.nextBoolean()) {
            words.addAll(List.of("--", "--not-an-option", "x"));
        }
        return words.toArray(String[]::new);
    }

    private static List<String> typed(Option<?> option, RandomGenerator random) {
        List<String> names = new ArrayList<>(List.of("--" + option.name()));
        option.aliases().forEach(alias -> names.add("--" + alias));
        String name = names.get(random.nextInt(names.size()));
        if (option.isFlag()) {
            return List.of(random.nextBoolean() ? name : "--no-" + option.name());
        }
        String value = List.of("1", "a b", "'q'", "\"x\"", "@file", "a=b", "ü", "${x}", "%s", "")
                .get(random.nextInt(10));
        if (!option.takesNext()) {
            return List.of(random.nextBoolean() ? name : name + "=" + value);
        }
        return switch (random.nextInt(option.letter().isEmpty() ? 2 : 3)) {
            case 0 -> List.of(name, value);
            case 1 -> List.of(name + "=" + value);
            default -> List.of("-" + option.letter(), value);
        };
    }

    @Test
    void mistakesAreSaidInOurWords() {
        assertThatThrownBy(() -> parse("backup", "--jobz", "1"))
                .hasMessage("unknown option '--jobz'")
                .extracting(e -> ((PgkeepException) e).hint().orElseThrow())
                .isEqualTo("Did you mean '--jobs'?");
        assertThatThrownBy(() -> parse("backup", "--target-time=now"))
                .hasMessage("'backup' has no option --target-time");
        assertThatThrownBy(() -> parse("backup", "--jobs")).hasMessageContaining("--jobs");
        assertThatThrownBy(() -> parse("backup", "--jobs", "1", "--jobs", "2")).hasMessageContaining("--jobs");
        assertThatThrownBy(() -> parse("backup", "--password", "s3cret"))
                .hasMessageContaining("secret and not accepted")
                .hasMessageNotContaining("s3cret");
    }
}
