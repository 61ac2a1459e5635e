package org.pgkeep.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SynchronousStandbysTest {
    @ParameterizedTest
    @ValueSource(strings = {"pgkeep", "a, pgkeep", "*", "FIRST 2 (a, \"pgkeep\")", "ANY 1 (PGKEEP,b)", "2 (a, *)"})
    void whoIsNamedIsWaitedFor(String setting) {
        assertThat(SynchronousStandbys.include(setting, "pgkeep")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pgkeep2", "FIRST 2 (a, b)", "\"*pgkeep\""})
    void whoIsNotNamedIsNot(String setting) {
        assertThat(SynchronousStandbys.include(setting, "pgkeep")).isFalse();
    }
}
