package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.TinyChain;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.WalArchive;

/** {@code metrics}, as a collector reads it. */
class MetricsCommandTest {
    @TempDir
    private Path temporary;

    private Runs runs;
    private ClusterStore cluster;

    @BeforeEach
    void fill() throws IOException {
        runs = new Runs(temporary.resolve("etc")).with("PGKEEP_REPO_PATH", "/repo");
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T18:30:00Z");
        cluster = TinyRepository.cluster(runs.storage(), clock);
        BackupRecord full = TinyRepository.coldBackup(cluster, clock, TinyRepository.files(1));
        clock.move(3600);
        BackupRecord _ = TinyChain.backup(cluster, clock, BackupType.INCREMENTAL, full, true, TinyRepository.files(1));
        for (int segment : new int[] {3, 4, 6}) {
            archive(segment);
        }
    }

    private void archive(int number) throws IOException {
        String segment = "0000000100000000%08X".formatted(number);
        Path file = Files.write(temporary.resolve(segment), TinyRepository.segment(segment, 7));
        WalArchive.Pushed _ = cluster.wal().push(segment, file, Compression.DEFAULT);
    }

    @Test
    void whatMonitoringWantsIsThere() {
        Runs.Outcome outcome = runs.run("metrics");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.out().lines())
                .contains(
                        "# HELP pgkeep_up Whether the repository could be read.",
                        "# TYPE pgkeep_up gauge",
                        "pgkeep_up{repository=\"local\"} 1",
                        "pgkeep_backups{repository=\"local\",cluster=\"main\",type=\"full\"} 1",
                        "pgkeep_backups{repository=\"local\",cluster=\"main\",type=\"diff\"} 0",
                        "pgkeep_backups{repository=\"local\",cluster=\"main\",type=\"incr\"} 1",
                        "pgkeep_backup_last_timestamp_seconds{repository=\"local\",cluster=\"main\",type=\"full\"} "
                                + Instant.parse("2026-11-21T18:30:00Z").getEpochSecond(),
                        "pgkeep_backups_damaged{repository=\"local\",cluster=\"main\"} 0",
                        "pgkeep_stopped{repository=\"local\",cluster=\"main\"} 0",
                        "pgkeep_wal_segments{repository=\"local\",cluster=\"main\",history=\"1\",timeline=\"1\"} 3",
                        "pgkeep_wal_gaps{repository=\"local\",cluster=\"main\",history=\"1\",timeline=\"1\"} 1",
                        "pgkeep_wal_last_timestamp_seconds{repository=\"local\",cluster=\"main\",history=\"1\",timeline=\"1\"} "
                                + Instant.parse("2026-11-21T20:30:00Z").getEpochSecond())
                .noneMatch(line -> line.contains("wal_waiting"));
    }

    /** The format: help and type once, then all samples of the name; a name, labels, a number. */
    @Test
    void everyLineIsOfTheFormat() {
        String name = "";
        for (String line : runs.run("metrics").out().lines().toList()) {
            if (line.startsWith("# HELP ")) {
                name = line.split(" ", -1)[2];
                assertThat(line).matches("# HELP pgkeep_[a-z_]+ [A-Z][^\\n]*\\.");
            } else if (line.startsWith("# TYPE ")) {
                assertThat(line).isEqualTo("# TYPE " + name + " gauge");
            } else {
                assertThat(line).matches(name + "\\{([a-z]+=\"[^\"]*\",?)+} -?[0-9]+");
            }
        }
    }

    @Test
    void whatWaitsIsCountedWhereTheServerIs() throws IOException {
        Path status = Files.createDirectories(temporary.resolve("data/pg_wal/archive_status"));
        for (String name : new String[] {"7.ready", "8.ready", "6.done"}) {
            Path file = Files.writeString(status.resolve("00000001000000000000000" + name), "");
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_764_000_000L + name.charAt(0))));
        }
        assertThat(runs.run("metrics", "--pgdata", temporary.resolve("data").toString())
                        .out()
                        .lines())
                .contains(
                        "pgkeep_wal_waiting_files{cluster=\"main\"} 2",
                        "pgkeep_wal_waiting_since_timestamp_seconds{cluster=\"main\"} 1764000055");
    }

    @Test
    void whatIsWrongIsANumberAndARepositoryThatIsGoneIsDown() {
        runs.storage().delete(TinyRepository.only(runs.storage(), "F/packs/1.pack"));
        assertThat(runs.run("verify", "--allow-root").status()).isEqualTo(ErrorCode.DAMAGED.exitStatus());
        assertThat(runs.run("stop", "--allow-root", "--reason", "a \"test\"").status())
                .isZero();
        assertThat(runs.run("metrics").out().lines())
                .contains(
                        "pgkeep_stopped{repository=\"local\",cluster=\"main\"} 1",
                        "pgkeep_backups_damaged{repository=\"local\",cluster=\"main\"} 2");

        TinyRepository.names(runs.storage()).forEach(runs.storage()::delete);
        Runs.Outcome gone = runs.run("metrics");
        assertThat(gone.status()).isEqualTo(ErrorCode.REPOSITORY_MISSING.exitStatus());
        assertThat(gone.out().lines()).contains("pgkeep_up{repository=\"local\"} 0");
        assertThat(gone.err()).contains("there is no repository");
    }

    @Test
    void aNameOfARepositoryIsQuoted() {
        MetricsText text = new MetricsText();
        text.gauge("up", "Whether.");
        text.add("up", 1, "repository", "a\"b\\c\nd");
        assertThat(text.toString()).endsWith("{repository=\"a\\\"b\\\\c\\nd\"} 1\n");
    }
}
