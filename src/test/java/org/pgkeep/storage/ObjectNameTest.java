package org.pgkeep.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

final class ObjectNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", ".hidden", "a/.b", "a b", "a\nb", "ä", "a\0"})
    void whatSomeStoreWouldNotTakeIsRefused(String text) {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> new ObjectName(text))
                .extracting(PgkeepException::code)
                .isEqualTo(ErrorCode.BUG);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", ".hidden", "a/b", "a b", "a\nb", "a\u007fb", "\u00e4", "\u0100", "a\u6587b", "a\0"
            })
    void anotherProgramsFilesAreNoComponents(String text) {
        assertThat(ObjectName.isComponent(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b", "a?b", "?", "~!", "000000010000000000000001-0.zst"})
    void whatCanBeOneComponentIs(String text) {
        assertThat(ObjectName.isComponent(text)).isTrue();
        assertThat(new ObjectName(text).last()).isEqualTo(text);
    }

    @Test
    void componentsAndNamesHaveALongestLength() {
        String longest = "n".repeat(255);
        assertThat(new ObjectName(longest).last()).isEqualTo(longest);
        assertThat(new ObjectName(longest + "/" + longest).last()).isEqualTo(longest);
        assertThatExceptionOfType(PgkeepException.class).isThrownBy(() -> new ObjectName(longest + "n"));
        assertThatExceptionOfType(PgkeepException.class).isThrownBy(() -> new ObjectName("a/" + longest + "n/b"));
        assertThatExceptionOfType(PgkeepException.class).isThrownBy(() -> new ObjectName("a/".repeat(500) + "b"));
    }

    @Test
    void aFoldersContentStaysTogether() {
        assertThat(new ObjectName("a/z")).isLessThan(new ObjectName("a-b")).isLessThan(new ObjectName("a!/b"));
        assertThat(ObjectName.of("a/b", "c")).hasToString("a/b/c");
    }
}
