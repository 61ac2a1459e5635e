package org.pgkeep.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.MajorVersion;

class PostgresBinariesTest {
    @TempDir
    Path root;

    private Path programs(String name, String version) throws IOException {
        Path directory = Files.createDirectory(root.resolve(name));
        for (String program : List.of("initdb", "pg_ctl", "postgres")) {
            Path file = directory.resolve(program);
            Files.writeString(file, "#!/bin/sh\necho '" + program + " (PostgreSQL) " + version + "'\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return directory;
    }

    @Test
    void theProgramsSayTheirVersion() throws IOException {
        assertThat(PostgresBinaries.in(programs("new", "17.11 (Debian 17.11-1.pgdg12+1)")))
                .hasValueSatisfying(found -> {
                    assertThat(found.version()).isEqualTo("17.11");
                    assertThat(found.major()).isEqualTo(MajorVersion.V17);
                });
        assertThat(PostgresBinaries.in(programs("old", "9.6.24")))
                .hasValueSatisfying(found -> assertThat(found.major()).isEqualTo(MajorVersion.V9_6));
    }

    @Test
    void aVersionThatIsNotKnownIsPassedOver() throws IOException {
        assertThat(PostgresBinaries.in(programs("ancient", "8.4.22"))).isEmpty();
        assertThat(PostgresBinaries.in(programs("odd", "unknown"))).isEmpty();
    }

    @Test
    void aDirectoryWithoutAllProgramsHasNone() throws IOException {
        Path directory = programs("part", "17.11");
        Files.delete(directory.resolve("initdb"));
        assertThat(PostgresBinaries.in(directory)).isEmpty();
        assertThat(PostgresBinaries.in(root.resolve("missing"))).isEmpty();
    }

    @Test
    void whatIsNamedWinsOverPath() throws IOException {
        Path named = programs("named", "16.2");
        Path onPath = programs("path", "17.1");
        Map<String, String> environment = Map.of("PGKEEP_POSTGRES_BIN", named.toString(), "PATH", "relative:" + onPath);
        assertThat(PostgresBinaries.onThisMachine(environment))
                .hasValueSatisfying(found -> assertThat(found.version()).isEqualTo("16.2"));
        assertThat(PostgresBinaries.onThisMachine(Map.of("PATH", "/nowhere:" + onPath)))
                .hasValueSatisfying(found -> assertThat(found.version()).isEqualTo("17.1"));
    }

    @Test
    void whatIsNamedMustBeThere() {
        Map<String, String> environment = Map.of("PGKEEP_POSTGRES_BIN", root.toString());
        assertThatThrownBy(() -> PostgresBinaries.onThisMachine(environment))
                .isInstanceOf(PgkeepException.class)
                .hasMessageContaining(root.toString());
    }

    @Test
    void aLinkLeadsToWhereTheOthersAre() throws IOException {
        Path real = programs("real", "17.11");
        Path links = Files.createDirectory(root.resolve("links"));
        for (String program : List.of("initdb", "pg_ctl", "postgres")) {
            Files.createSymbolicLink(links.resolve(program), real.resolve(program));
        }
        Path expected = real.toRealPath();
        assertThat(PostgresBinaries.in(links).map(PostgresBinaries::directory)).contains(expected);
    }
}
