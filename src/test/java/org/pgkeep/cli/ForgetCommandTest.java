package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Work;

/** {@code forget}, as people type it. */
class ForgetCommandTest {
    @TempDir
    private Path temporary = Path.of("/nowhere");

    private Runs runs = new Runs(temporary);
    private Label label = Label.parse("20261121-203000F").orElseThrow();

    @BeforeEach
    void fill() {
        runs = new Runs(temporary.resolve("etc"))
                .with("PGKEEP_REPO_PATH", "/repo")
                .with("PGKEEP_ALLOW_ROOT", "true");
        label = TinyRepository.coldBackup(cluster(), runs.clock(), Map.of("PG_VERSION", new byte[] {'1'}))
                .label();
    }

    private ClusterStore cluster() {
        return TinyRepository.cluster(runs.storage(), runs.clock());
    }

    @Test
    void aDryRunSaysWhatWouldGoAndTouchesNothing() {
        int objects = TinyRepository.names(runs.storage()).size();
        assertThat(runs.run("forget", "main", "--dry-run").out())
                .contains("cluster 'main' would be forgotten", "backups  1", "WAL      0 files, 0 B")
                .doesNotContain("against it");
        assertThat(TinyRepository.names(runs.storage())).hasSize(objects);
    }

    @Test
    void whereNobodyCanBeAskedItWantsForce() {
        Runs.Outcome outcome = runs.run("forget", "main");
        assertThat(outcome.status()).isEqualTo(ErrorCode.USAGE.exitStatus());
        assertThat(outcome.err()).contains("cluster 'main' with 1 backup and WAL, ", "nobody is at a terminal");
        assertThat(cluster().backups()).hasSize(1);

        assertThat(runs.run("forget", "main", "--force").out()).contains("cluster 'main' is forgotten", "backups  1");
        assertThat(TinyRepository.names(runs.storage())).hasSize(1);
        assertThat(runs.run("forget", "main", "--force").status()).isEqualTo(ErrorCode.CLUSTER_UNKNOWN.exitStatus());
        assertThat(runs.run("verify").status()).isZero();
    }

    @Test
    void programsAreTold() {
        assertThat(runs.run("forget", "main", "--force", "-o", "json").out())
                .contains("\"cluster\" : \"main\"", "\"dryRun\" : false", "\"backups\" : 1", "\"objections\" : [ ]");
    }

    @Test
    void aPinnedBackupSpeaksAgainstIt() {
        assertThat(runs.run("pin", label.value()).status()).isZero();
        assertThat(runs.run("forget", "main", "--dry-run").out())
                .contains("against it  cluster 'main' has pinned backups: " + label);
        Runs.Outcome outcome = runs.run("forget", "main");
        assertThat(outcome.status()).isEqualTo(ErrorCode.MUST_STAY.exitStatus());
        assertThat(outcome.err())
                .contains("has pinned backups: " + label, "'pgkeep unpin', or give --force")
                .doesNotContain("nobody is at a terminal");
        assertThat(runs.run("forget", "main", "--force").status()).isZero();
    }

    @Test
    void afterUnpinNothingSpeaksAgainstIt() {
        assertThat(runs.run("pin", label.value()).status()).isZero();
        assertThat(runs.run("unpin", label.value()).status()).isZero();
        assertThat(runs.run("forget", "main", "--dry-run").out()).doesNotContain("against it");
        assertThat(runs.run("forget", "main").err()).contains("nobody is at a terminal");
    }

    @Test
    void workThatRunsSpeaksAgainstIt() {
        try (Lease _ = cluster().leases().take(Work.EXPIRE, TinyRepository.OWNER, Leases.Patience.NONE)) {
            Runs.Outcome outcome = runs.run("forget", "main");
            assertThat(outcome.status()).isEqualTo(ErrorCode.HELD.exitStatus());
            assertThat(outcome.err()).contains("the expire of process 4711 on dbhost works on cluster 'main'");
        }
        assertThat(cluster().backups()).hasSize(1);
    }

    @Test
    void aStoppedClusterCanBeForgotten() {
        assertThat(runs.run("stop").status()).isZero();
        assertThat(runs.run("forget", "main", "--force").status()).isZero();
        assertThat(TinyRepository.names(runs.storage())).hasSize(1);
    }

    @Test
    void twoNamesAreOneTooMany() {
        assertThat(runs.run("forget", "main", "--cluster", "sales").status()).isEqualTo(ErrorCode.USAGE.exitStatus());
        assertThat(runs.run("forget", "sales", "--force").status()).isEqualTo(ErrorCode.CLUSTER_UNKNOWN.exitStatus());
    }
}
