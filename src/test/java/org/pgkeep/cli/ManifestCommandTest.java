package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.report.Sketch;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyRepository;

/** {@code pgkeep manifest}. */
class ManifestCommandTest {
    private final Sketch sketch = new Sketch();
    private final Runs runs = new Runs(Path.of("/nowhere"))
            .in(sketch.storage, sketch.clock)
            .with("PGKEEP_REPO_PATH", "/repo")
            .with("PGKEEP_ALLOW_ROOT", "true");
    private final Label label = sketch.entries(
                    Sketch.file("PG_VERSION", 3),
                    Sketch.file("base/5/1259", 16_384, 1L),
                    Sketch.file("base/5/1259_fsm", 8192),
                    Sketch.file("base/77/2600", 8192),
                    Sketch.file("global/1262", 8192),
                    Sketch.file("pg_tblspc/16390/PG_17_202406281/5/16391", 24_576),
                    Sketch.file("pg_xact/0000", 8192))
            .full("0/300028", "0/400100");

    @Test
    void filesAreListedWithWhatTheyAreAndWhereTheirBlocksAre() {
        Runs.Outcome outcome = runs.run("manifest", label.value());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines().map(line -> line.replaceAll(" +", " ")))
                .startsWith(
                        "MODE OWNER SIZE MODIFIED KIND TABLESPACE DATABASE OWN OTHER ZERO PATH",
                        "-rw------- postgres:postgres 3 " + epoch() + " other - - 0 0 1 PG_VERSION",
                        "-rw------- postgres:postgres 16384 " + epoch()
                                + " main pg_default postgres 0 0 2 base/5/1259 DAMAGED pages [1]",
                        "-rw------- postgres:postgres 8192 " + epoch()
                                + " fsm pg_default postgres 0 0 1 base/5/1259_fsm",
                        "-rw------- postgres:postgres 8192 " + epoch() + " main pg_default 77 0 0 1 base/77/2600",
                        "-rw------- postgres:postgres 8192 " + epoch() + " main pg_global - 0 0 1 global/1262",
                        "-rw------- postgres:postgres 24576 " + epoch()
                                + " main fast postgres 0 0 3 pg_tblspc/16390/PG_17_202406281/5/16391",
                        "-rw------- postgres:postgres 8192 " + epoch() + " slru - - 0 0 1 pg_xact/0000")
                .endsWith("7 files, 72.0 KiB; 0 directories, 0 links; 1 file with damaged pages");
    }

    private static String epoch() {
        return BackupText.time(Instant.EPOCH);
    }

    @Test
    void onlyWhatIsAskedForIsListed() {
        assertThat(runs.run("manifest", label.value(), "1259*", "global").out())
                .contains("base/5/1259", "base/5/1259_fsm", "global/1262", "3 files")
                .doesNotContain("PG_VERSION", "pg_xact");
        assertThat(runs.run("manifest", label.value(), "nothing").out()).contains("0 files");
    }

    @Test
    void programsGetADocument() {
        String out = runs.run("manifest", "-o", "json", label.value(), "base/5/1259", "PG_VERSION")
                .out();
        assertThat(out)
                .contains("\"cluster\" : \"main\"", "\"label\" : \"" + label + "\"", "\"serverVersion\" : 170006")
                .contains("\"path\" : \"PG_VERSION\"", "\"kind\" : \"main\"", "\"mode\" : \"0600\"")
                .contains("\"bytes\" : 16384", "\"zeroBlocks\" : 2", "\"database\" : \"postgres\"")
                .doesNotContain("1262");
    }

    @Test
    void blocksOfOlderBackupsAreTold() {
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-20T20:30:00Z");
        Runs golden = new Runs(Path.of("/nowhere")).with("PGKEEP_REPO_PATH", "/repo");
        Label cold = TinyRepository.coldBackup(
                        TinyRepository.cluster(golden.storage(), clock), clock, TinyRepository.files(1))
                .label();
        assertThat(golden.run("manifest", "-o", "json", cold.value(), "base").out())
                .contains("\"storedBlocks\" : {\n        \"" + cold + "\" : ");
    }

    @Test
    void ofADamagedManifestNothingIsListed() {
        TinyRepository.flip(sketch.storage, TinyRepository.only(sketch.storage, "manifest.pb.zst"), 20);
        Runs.Outcome outcome = runs.run("manifest", label.value());
        assertThat(outcome.status()).isEqualTo(ErrorCode.DAMAGED.exitStatus());
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("is not the manifest that backup " + label + " was committed with");
    }

    @Test
    void anUnknownBackupIsAnsweredByItsLikes() {
        Runs.Outcome outcome = runs.run("manifest", label.value().replace("F", "I"));
        assertThat(outcome.status()).isEqualTo(ErrorCode.BACKUP_UNKNOWN.exitStatus());
        assertThat(outcome.err()).contains("Did you mean " + label + "?");
    }
}
