package org.pgkeep.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgkeep.postgres.MajorVersion;

class PrivilegesTest {
    @ParameterizedTest
    @EnumSource(MajorVersion.class)
    void theGuideListsEveryGrant(MajorVersion major) throws IOException {
        String page = Files.readString(Path.of("docs/guide/privileges.md"));
        assertThat(page).contains(Privileges.grants(major, "pgkeep"));
    }
}
