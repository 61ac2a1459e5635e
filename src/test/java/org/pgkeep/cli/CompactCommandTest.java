package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyChain;
import org.pgkeep.repository.TinyRepository;

/** {@code compact}, as people type it. */
class CompactCommandTest {
    @TempDir
    private Path temporary = Path.of("/nowhere");

    private Runs runs = new Runs(temporary);
    private Label full = Label.parse("20261120-203000F").orElseThrow();
    private Label increment = full;

    /** Of the full backup's first pack, a large frame is not needed once it is gone, and a small one is. */
    @BeforeEach
    void fill() {
        runs = new Runs(temporary.resolve("etc"))
                .with("PGKEEP_REPO_PATH", "/repo")
                .with("PGKEEP_ALLOW_ROOT", "true");
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-20T20:30:00Z");
        ClusterStore cluster = TinyRepository.cluster(runs.storage(), clock);
        Map<String, byte[]> files = new HashMap<>(Map.of("PG_VERSION", new byte[] {'1'}, "pg_stat/notes", random(1)));
        BackupRecord base = TinyRepository.coldBackup(cluster, clock, files);
        full = base.label();
        clock.move(3600);
        files.put("pg_stat/notes", random(2));
        increment = TinyChain.backup(cluster, clock, BackupType.INCREMENTAL, base, false, files)
                .label();
        assertThat(runs.run("delete", full.value()).status()).isZero();
    }

    private static byte[] random(int seed) {
        byte[] bytes = new byte[128 * 8192];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void aDryRunSaysWhichPacksAreSparse() {
        Runs.Outcome outcome = runs.run("compact", "--dry-run");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains(full + "/packs/1.pack  1.0 MiB    0 %  1 MiB")
                .contains("cluster 'main': 1 of 2 packs would be written anew, 1 MiB freed; ", " needed at a time");
        assertThat(runs.run("compact", "--dry-run").out()).isEqualTo(outcome.out());
    }

    @Test
    void sparsePacksAreWrittenAnew() {
        assertThat(runs.run("compact", "--rate-limit", "1GiB").out())
                .contains("cluster 'main': 1 of 2 packs written anew, 1 MiB freed");
        assertThat(runs.run("compact", "--threshold", "100").out()).contains("0 of 2 packs written anew, 0 B freed");
        assertThat(runs.run("verify", "--deep").status()).isZero();
    }

    @Test
    void programsAreTold() {
        assertThat(runs.run("compact", "--output=json").out())
                .contains("\"cluster\" : \"main\"", "\"dryRun\" : false", "\"threshold\" : 50", "\"looked\" : 2")
                .contains("\"label\" : \"" + full + "\"", "\"pack\" : 1", "\"freedBytes\" : 1048576");
    }

    @Test
    void aDamagedPackIsLeftAsItIsAndSaid() {
        TinyRepository.flip(runs.storage(), TinyRepository.only(runs.storage(), full + "/packs/1.pack"), 20);
        Runs.Outcome outcome = runs.run("compact");
        assertThat(outcome.status()).isEqualTo(ErrorCode.EXIT_WARNINGS);
        assertThat(outcome.err()).contains("left as it is: ", "1.pack");
        assertThat(outcome.out()).contains("0 of 2 packs written anew");
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(runs.run("compact", increment.value()).status()).isEqualTo(ErrorCode.USAGE.exitStatus());
        assertThat(runs.run("compact", "--threshold", "0").status()).isEqualTo(ErrorCode.USAGE.exitStatus());
        TinyRepository.flip(runs.storage(), TinyRepository.only(runs.storage(), increment + "/backup.json"), 20);
        Runs.Outcome refused = runs.run("compact");
        assertThat(refused.status()).isEqualTo(ErrorCode.DAMAGED.exitStatus());
        assertThat(refused.err()).contains(increment + " cannot be read, and may need any pack");
    }
}
