package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;

class HelpTextTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VERIFY")
    void helpOfACommandHasEveryOptionAndFits(CommandName command) {
        String help = HelpText.of(Commands.of(command, false).page(), false);
        for (Option<?> option : Options.of(command)) {
            boolean named = help.contains("--" + option.name()) || help.contains("--[no-]" + option.name());
            assertThat(named).as("--" + option.name()).isEqualTo(!option.secret());
        }
        assertThat(help)
                .contains(
                        "NAME\n",
                        "SYNOPSIS\n",
                        "DESCRIPTION\n",
                        "EXAMPLES\n",
                        "EXIT STATUS\n",
                        "FILES\n",
                        "ENVIRONMENT\n");
        assertThat(help.lines().filter(line -> line.length() > 100 && !line.contains("pgkeep ")))
                .isEmpty();
        assertThat(help).doesNotContain("%%", "@|", "|@", "%n");
    }

    @Test
    void theOverviewListsAllCommands() {
        String overview = HelpText.overview(false);
        for (CommandName command : CommandName.values()) {
            assertThat(overview).contains("  " + command.text());
            assertThat(overview).contains(command.summary());
        }
    }

    @Test
    void helpIsAskedForInThreeWays(@TempDir Path folder) {
        Runs runs = new Runs(folder);
        String expected = runs.run("help", "archive-push").out();
        assertThat(expected).startsWith("NAME");
        assertThat(runs.run("archive-push", "--help").out()).isEqualTo(expected);
        assertThat(runs.run("-?", "archive-push").out()).isEqualTo(expected);
        assertThat(runs.run("show", "--help").out())
                .isEqualTo(runs.run("help", "info").out());
        assertThat(runs.run("help", "inof").err()).contains("Did you mean 'info'?");
    }

    @Test
    void headingsAreBoldOnATerminal() {
        assertThat(HelpText.of(new VersionCommand().page(), true)).contains("\033[1mNAME");
    }
}
