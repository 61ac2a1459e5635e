package org.pgkeep.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.PgkeepException;

class ArgumentsTest {
    private static Given parse(String... arguments) {
        return Arguments.parse(arguments);
    }

    private static String hint(String... arguments) {
        try {
            parse(arguments);
        } catch (PgkeepException e) {
            return e.hint().orElse("");
        }
        throw new AssertionError("accepted");
    }

    @Test
    void optionsMayStandBeforeAndAfterTheCommand() {
        Given given = parse("--cluster", "a", "archive-push", "--repo=b", "-c", "f.toml", "pg_wal/x");
        assertThat(given.command()).isEqualTo(CommandName.ARCHIVE_PUSH);
        assertThat(given.options().get(Options.CLUSTER_NAME)).isEqualTo(List.of("a"));
        assertThat(given.options().get(Options.REPOSITORY_NAME)).isEqualTo(List.of("b"));
        assertThat(given.options().get(Options.CONFIG_FILE)).isEqualTo(List.of("f.toml"));
        assertThat(given.operands()).containsExactly("pg_wal/x");
        assertThat(Arguments.command(new String[] {"-cf.toml", "--cluster", "info", "archive-get"}))
                .contains("archive-get");
    }

    @Test
    void twoDashesEndTheOptions() {
        assertThat(parse("archive-push", "--", "--config").operands()).containsExactly("--config");
    }

    @Test
    void flagsAreSwitchedOnAndOff() {
        assertThat(parse("backup", "--start-fast").options().get(Options.START_FAST))
                .containsExactly("true");
        assertThat(parse("backup", "--no-start-fast").options().get(Options.START_FAST))
                .containsExactly("false");
        assertThatThrownBy(() -> parse("backup", "--start-fast=false"))
                .hasMessage("unknown option '--start-fast=false'");
    }

    @Test
    void anOptionWhoseNameIsEnoughTakesAValueOnlyBehindAnEqualsSign() {
        assertThat(parse("--delta", "restore").options().get(Options.DELTA)).containsExactly("hash");
        assertThat(parse("restore", "--delta=off").options().get(Options.DELTA)).containsExactly("off");
        assertThat(parse("restore", "--delta", "off").operands()).containsExactly("off");
    }

    @Test
    void mistakesAreSaidWithTheNearestName() {
        assertThat(hint("archive-psuh", "x")).isEqualTo("Did you mean 'archive-push'?");
        assertThat(hint("show-me")).isEqualTo("'pgkeep help' lists the commands.");
        assertThat(hint("archive-push", "--confgi", "x")).isEqualTo("Did you mean '--config'?");
        assertThat(hint("archive-push", "-x")).isEqualTo("'pgkeep help archive-push' lists its options.");
        assertThatThrownBy(() -> parse("archive-push", "--pack-size", "1GB", "x"))
                .hasMessage("'archive-push' has no option --pack-size");
        assertThatThrownBy(() -> parse("archive-push", "--config")).hasMessage("--config needs a value");
        assertThatThrownBy(() -> parse("archive-push", "--repo", "a", "--repo", "b"))
                .hasMessage("--repo is given twice");
        assertThatThrownBy(() -> parse()).hasMessage("no command");
    }
}
