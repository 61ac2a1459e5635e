package org.pgkeep.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.PathName;

/** Which files a list of a backup shows. */
class FileFilterTest {
    @ParameterizedTest
    @CsvSource({
        "base/5,            base/5/1259,        true",
        "base/5,            base/5,             true",
        "base/5/,           base/5/1259,        true",
        "/base/5,           base/5/1259,        true",
        "./base/5,          base/5/1259,        true",
        "base/5,            base/51/1259,       false",
        "base/*/1259,       base/5/1259,        true",
        "base/*,            base/5/1259,        true",
        "base/*/1259,       base/5/x/1259,      false",
        "base/**/1259,      base/5/x/1259,      true",
        "1259,              base/5/1259,        true",
        "1259*,             base/5/1259_fsm,    true",
        "259,               base/5/1259,        false",
        "/PG_VERSION,       PG_VERSION,         true",
        "/PG_VERSION,       base/5/PG_VERSION,  false",
        "PG_VERSION,        base/5/PG_VERSION,  true",
        "*.conf,            postgresql.conf,    true",
        "*.conf,            conf.d/a.conf,      true",
        "*.conf,            a.confx,            false",
        "base/?/1259,       base/5/1259,        true",
        "base/?/1259,       base/16/1259,       false",
        "base/[0-9]/1259,   base/5/1259,        true",
        "base/[!0-9]/1259,  base/5/1259,        false",
        "[a-c]x,            bx,                 true",
        "a.b,               axb,                false",
        "(x|y),             x,                  false",
        "[,                 [,                  true",
    })
    void aPatternMatchesAsAShellWould(String pattern, String path, boolean expected) {
        assertThat(new FileFilter(List.of(pattern)).matches(PathName.of(path))).isEqualTo(expected);
    }

    @Test
    void anyOfSeveralWillDo() {
        FileFilter filter = new FileFilter(List.of("global", "base/5"));
        assertThat(filter.matches(PathName.of("global/1262"))).isTrue();
        assertThat(filter.matches(PathName.of("base/5/1259"))).isTrue();
        assertThat(filter.matches(PathName.of("pg_xact/0000"))).isFalse();
        assertThat(FileFilter.ALL.matches(PathName.of("pg_xact/0000"))).isTrue();
    }

    @Test
    void namesNeedNotBeAscii() {
        assertThat(new FileFilter(List.of("größe?")).matches(PathName.of("größe1")))
                .isTrue();
        byte[] latin = "gr\u00f6\u00dfe".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(new FileFilter(List.of("gr??e")).matches(PathName.of(latin))).isTrue();
    }

    @Test
    void whatIsNoPatternIsRefused() {
        assertThatThrownBy(() -> new FileFilter(List.of("[z-a]")))
                .isInstanceOf(PgkeepException.class)
                .hasMessage("'[z-a]' is not a pattern for files");
    }
}
