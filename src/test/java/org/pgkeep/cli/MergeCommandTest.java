package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
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

/** {@code merge}, as people type it, and what {@code info} tells afterwards. */
class MergeCommandTest {
    @TempDir
    private Path temporary = Path.of("/nowhere");

    private Runs runs = new Runs(temporary);
    private Label full = Label.parse("20261120-203000F").orElseThrow();
    private Label increment = full;

    @BeforeEach
    void fill() {
        runs = new Runs(temporary.resolve("etc"))
                .with("PGKEEP_REPO_PATH", "/repo")
                .with("PGKEEP_ALLOW_ROOT", "true");
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-20T20:30:00Z");
        ClusterStore cluster = TinyRepository.cluster(runs.storage(), clock);
        Map<String, byte[]> files = Map.of("PG_VERSION", new byte[] {'1'}, "base/1/1", new byte[8192]);
        BackupRecord base = TinyRepository.coldBackup(cluster, clock, files);
        full = base.label();
        clock.move(3600);
        increment = TinyChain.backup(cluster, clock, BackupType.INCREMENTAL, base, false, files)
                .label();
    }

    @Test
    void aDryRunSaysWhatWouldGoAndTouchesNothing() {
        Runs.Outcome outcome = runs.run("merge", increment.value(), "--dry-run");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains(full + "  would go  ", increment + " builds on it no more")
                .contains(increment + "  stays", "it stands as a full backup")
                .contains("1 backup and 0 segments of WAL would go")
                .containsPattern(
                        "backup " + increment + " would become a full backup; [1-9,]+ bytes are needed for that");
        assertThat(runs.run("info", "--output=json").out())
                .contains("\"type\" : \"incr\"", "\"base\" : \"" + full + "\"");
    }

    @Test
    void theBackupIsAFullOneAndInfoSaysSo() {
        assertThat(runs.run("annotate", increment.value(), "--name", "best").status())
                .isZero();
        assertThat(runs.run("merge", "best").out())
                .contains(full + "  gone  ", "backup " + increment + " is a full backup now");
        assertThat(runs.run("info").out())
                .contains("1 full", "'best', full by merge")
                .doesNotContain("incremental")
                .doesNotContain(full.value());
        assertThat(runs.run("info", "--backup", increment.value()).out())
                .contains("merged", "a full backup since then; instead of 1 backup");
        assertThat(runs.run("info", "--output=json").out()).contains("\"type\" : \"full\"", "\"merged\" : {");
        Runs.Outcome again = runs.run("merge", "best");
        assertThat(again.status()).isZero();
        assertThat(again.out()).contains("nothing went", "is a full backup already");
    }

    @Test
    void programsAreTold() {
        assertThat(runs.run("merge", increment.value(), "--output=json").out())
                .contains("\"label\" : \"" + increment + "\"", "\"changed\" : true", "\"neededBytes\" : ")
                .contains("\"dryRun\" : false", "\"kind\" : \"mergedInto\"", "\"freedBytes\" : ");
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(runs.run("merge").status()).isEqualTo(ErrorCode.USAGE.exitStatus());
        assertThat(runs.run("merge", "nobody").status()).isEqualTo(ErrorCode.BACKUP_UNKNOWN.exitStatus());
        assertThat(runs.run("merge", "20200101-000000I").status()).isEqualTo(ErrorCode.BACKUP_UNKNOWN.exitStatus());
        assertThat(runs.run("pin", full.value()).status()).isZero();
        Runs.Outcome refused = runs.run("merge", increment.value());
        assertThat(refused.status()).isEqualTo(ErrorCode.MUST_STAY.exitStatus());
        assertThat(refused.err()).contains("is not merged", full + ": it is pinned", "pgkeep unpin " + full);
    }
}
