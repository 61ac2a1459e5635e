package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.PgkeepException;

final class ConfigurationTextTest {
    private static ConfigurationText text(String text) {
        return ConfigurationText.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String print(ConfigurationText text) {
        return new String(text.bytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "port = 5432|5432",
                "port 5432|5432",
                "port=5432# x|5432",
                "  PORT\t=  '5432'  # x|5432",
                "port'5432'|5432",
                "port = 128MB|128MB",
                "port = -1.5e3|-1.5e3",
                "port = 0x1F|0x1F",
                "port = on|on",
                "port = /|",
                "port = a/b:c.d-e|a/b:c.d-e",
                "port = 'it''s'|it's",
                "port = 'it\\'s'|it's",
                "port = 'a\\\\b'|a\\b",
                "port = 'x # y'|x # y",
                "port = '\\101\\60'|A0",
                "port = 'é'|é",
                "port = 'unfinished|",
                "port = 1 2|",
                "port =|",
                "#port = 1|",
                "port5 = 1|",
                "my.port = 1|",
                "port.x = 1|",
            })
    void aLineSaysWhatTheServerReads(String line, String value) {
        assertThat(text(line).get("port").orElse(null)).isEqualTo(value);
        assertThat(text("port = 0\n" + line + "\n").get("Port")).contains(value == null ? "0" : value);
    }

    @Test
    void theLastSettingCounts() {
        assertThat(text("a = 1\nA = 2\nb = 3\n").get("a")).contains("2");
        assertThat(text("ext.name = 'x'\n").get("EXT.Name")).contains("x");
        assertThat(text("").get("a")).isEmpty();
    }

    @Test
    void aSettingIsReplacedWhereItStandsAndItsCommentStays() {
        ConfigurationText edited = text("# top\nport = 1   # first\r\nother = 2\nPORT = 3   # last\n\n")
                .set("port", "x'y");
        assertThat(print(edited)).isEqualTo("# top\nother = 2\nPORT = 'x''y'   # last\n\n");
    }

    @Test
    void aNewSettingComesLast() {
        assertThat(print(text("a = 1").set("b", "2"))).isEqualTo("a = 1\nb = '2'\n");
        assertThat(print(ConfigurationText.empty().set("b", ""))).isEqualTo("b = ''\n");
    }

    @Test
    void aSettingThatAnIncludedFileCouldOverrideIsMovedBehindIt() {
        ConfigurationText text = text("a = 1\ninclude_dir 'conf.d'\n");
        assertThat(text.hasIncludes()).isTrue();
        assertThat(print(text.set("a", "2"))).isEqualTo("include_dir 'conf.d'\na = '2'\n");
        assertThat(print(text("include 'x'\na = 1\n").set("a", "2"))).isEqualTo("include 'x'\na = '2'\n");
    }

    @Test
    void onlyTheSettingThatIsNamedIsRemoved() {
        String text = """
                # restore_command = 'x'
                restore_command = 'cp # recovery_target'
                recovery_target_time = '2026'
                application_name = 'restore_command = 1'
                Recovery_Target_Action = promote # recovery_target
                """;
        assertThat(print(text(text).remove("RESTORE_COMMAND")))
                .isEqualTo(text.replace("restore_command = 'cp # recovery_target'\n", ""));
        assertThat(print(text(text).removeIf(name -> name.startsWith("recovery_target"))))
                .isEqualTo("""
                        # restore_command = 'x'
                        restore_command = 'cp # recovery_target'
                        application_name = 'restore_command = 1'
                        """);
    }

    @Property
    void anyValueIsReadBackAndOneLineLong(
            @ForAll @StringLength(max = 30) @CharRange(from = 1, to = 0x2FF) String value) {
        ConfigurationText text =
                text("before = 1\nname = 'old' # x\nafter = 2\n").set("name", value);
        assertThat(text.get("name")).contains(value);
        assertThat(ConfigurationText.parse(text.bytes()).get("name")).contains(value);
        assertThat(print(text).lines()).hasSize(3);
    }

    @Property
    void bytesThatAreNotConcernedStayAsTheyAre(@ForAll byte[] bytes) {
        assertThat(ConfigurationText.parse(bytes).bytes()).isEqualTo(bytes);
        assertThat(ConfigurationText.parse(bytes).remove("no_such_setting").bytes())
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1a", "a b", "a.b.c", "a=", "a\n"})
    void whatIsNoNameIsNotSet(String name) {
        assertThatThrownBy(() -> ConfigurationText.empty().set(name, "1")).isInstanceOf(PgkeepException.class);
    }
}
