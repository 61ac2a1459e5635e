package org.pgkeep.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void everyDeclaredOptionIsInTheTable() throws Exception {
        List<Object> declared = new ArrayList<>();
        for (Field field : Options.class.getFields()) {
            if (field.getType() == Option.class) {
                declared.add(field.get(null));
            }
        }
        assertThat(declared).hasSizeGreaterThan(40);
        assertThat(Options.ALL.stream().<Object>map(option -> option)).containsExactlyInAnyOrderElementsOf(declared);
    }

    @Test
    void noCommandHasTwoOptionsOfOneName() {
        for (CommandName command : CommandName.values()) {
            Set<String> seen = new HashSet<>();
            for (Option<?> option : Options.of(command)) {
                assertThat(seen.add(option.name())).as(command + " " + option).isTrue();
                option.aliases()
                        .forEach(alias -> assertThat(seen.add(alias))
                                .as(command + " --" + alias)
                                .isTrue());
            }
        }
    }

    @Test
    void ofTwoOptionsOfOneNameTheCommandTellsWhichIsMeant() {
        assertThat(Arguments.parse(new String[] {"--wal", "stream", "backup"}).options())
                .containsOnlyKeys(Options.BACKUP_WAL);
        assertThat(Arguments.parse(new String[] {"--wal", "info"}).options()).containsOnlyKeys(Options.WAL);
        assertThat(Arguments.parse(new String[] {"verify", "--no-wal"}).options())
                .containsOnlyKeys(Options.WAL);
    }

    @Test
    void lettersAndVariablesAreUnique() {
        Set<String> seen = new HashSet<>();
        for (Option<?> option : Options.ALL) {
            assertThat(option.letter().isEmpty() || seen.add("-" + option.letter()))
                    .as("letter of " + option)
                    .isTrue();
            option.variable()
                    .ifPresent(variable ->
                            assertThat(seen.add(variable)).as(variable).isTrue());
        }
    }

    @Test
    void noFlagIsNamedLikeAnotherOnesNegation() {
        for (Option<?> option : Options.ALL) {
            assertThat(option.name()).doesNotStartWith("no-");
        }
    }

    @Test
    void everyDefaultIsAllowed() {
        for (Option<?> option : Options.ALL) {
            option.defaultText()
                    .ifPresent(text -> assertThat(option.type().parse(text))
                            .as(option.name())
                            .isPresent());
            // --wal has one for each command.
            assertThat(!option.isFlag() || option.defaultText().isPresent() || option.equals(Options.WAL))
                    .as("default of flag " + option)
                    .isTrue();
        }
    }

    @Test
    void everyOptionBelongsToACommandAndSaysWhatItDoes() {
        for (Option<?> option : Options.ALL) {
            assertThat(option.commands()).as(option.name()).isNotEmpty();
            assertThat(option.sentence()).matches("[A-Z][^\\n]*[^.]");
        }
    }

    @Test
    void whatAFileOrVariableCanSetIsShownByConfig() {
        for (Option<?> option : Options.ALL) {
            assertThat(option.isOf(CommandName.CONFIG)).as(option.name()).isEqualTo(option.scope() != Scope.RUN);
        }
    }

    @Test
    void keysAreUniqueInEachSection() {
        List<Section> sections = List.of(
                new Section.Top(),
                new Section.Repository("r"),
                new Section.Cluster("c"),
                new Section.Command(CommandName.BACKUP),
                new Section.ClusterCommand("c", CommandName.BACKUP));
        for (Section section : sections) {
            List<String> keys = new ArrayList<>();
            for (Option<?> option : Options.ALL) {
                if (section.holds(option)) {
                    keys.add(option.key());
                }
            }
            assertThat(keys).as(section.place()).doesNotHaveDuplicates().doesNotContain("command");
        }
    }

    @Test
    void secretsAreNeverRunOptions() {
        for (Option<?> option : Options.ALL) {
            assertThat(option.secret() && option.scope() == Scope.RUN)
                    .as(option.name())
                    .isFalse();
        }
        assertThat(Options.PASSWORD.secret()).isTrue();
    }
}
