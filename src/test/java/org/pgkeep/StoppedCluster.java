package org.pgkeep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.restore.ControlBytes;

/** A stopped server's data directory, as far as a backup and a restore look, made without a server. */
final class StoppedCluster {
    /** A file with something in it. */
    static final String FILE = "pg_xact/0000";

    private StoppedCluster() {}

    static Path make(Path data) throws IOException {
        for (String name : List.of("base/5", "global", "pg_wal", "pg_tblspc", "pg_xact")) {
            Files.createDirectories(data.resolve(name));
        }
        Files.writeString(data.resolve("PG_VERSION"), "17\n");
        byte[] content = new byte[3 * 8192];
        new Random(20261121).nextBytes(content);
        Files.write(data.resolve(FILE), content);
        Files.write(
                data.resolve("global/pg_control"),
                ControlBytes.of(TinyRepository.SYSTEM_IDENTIFIER)
                        .shutDownAt(1, "0/300028")
                        .withoutChecksums()
                        .done());
        return data;
    }
}
