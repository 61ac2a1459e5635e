package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyRepository;

/** {@code expire}, {@code delete}, {@code pin}, {@code unpin} and {@code annotate}, as people type them. */
class RetentionCommandsTest {
    @TempDir
    private Path temporary = Path.of("/nowhere");

    private Runs runs = new Runs(temporary);
    private Label first = Label.parse("20261120-203000F").orElseThrow();
    private Label second = first;

    @BeforeEach
    void fill() {
        runs = new Runs(temporary.resolve("etc"))
                .with("PGKEEP_REPO_PATH", "/repo")
                .with("PGKEEP_ALLOW_ROOT", "true");
        TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-20T20:30:00Z");
        first = backup(clock);
        clock.move(3600);
        second = backup(clock);
    }

    private Label backup(TinyRepository.StandingClock clock) {
        return TinyRepository.coldBackup(
                        TinyRepository.cluster(runs.storage(), clock), clock, Map.of("PG_VERSION", new byte[] {'1'}))
                .label();
    }

    @Test
    void aDryRunSaysWhyEachBackupStaysOrGoesAndTouchesNothing() {
        Runs.Outcome outcome = runs.run("expire", "--dry-run", "--retention-full", "1");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains(first + "  would go  ")
                .contains("it is older than the newest full backup, " + second)
                .contains(second + "  stays")
                .contains("it is not older than the newest full backup, " + second)
                .contains("cluster 'main': 1 backup and 0 segments of WAL would go");
        assertThat(runs.run("info", "--output=json").out()).contains(first.value(), second.value());
    }

    @Test
    void expireRemovesAndTellsProgramsTheReasons() {
        Runs.Outcome outcome = runs.run("expire", "--retention-redundancy", "1", "--output=json");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out())
                .contains("\"kind\" : \"olderThanFull\"", "\"kind\" : \"sinceFull\"", "\"freedBytes\"");
        assertThat(runs.run("info", "--output=json").out()).doesNotContain("\"" + first.value() + "\"");
    }

    @Test
    void withoutAPolicyNothingGoesAndThatIsSaid() {
        assertThat(runs.run("expire").out())
                .contains("no policy lets backups go")
                .contains("nothing went");
    }

    @Test
    void aNameStandsForItsBackup() {
        assertThat(runs.run("annotate", first.value(), "--name", "best", "ticket=OPS-1", "--note", "ask Ann")
                        .out())
                .contains("best", "ticket=OPS-1", "ask Ann");
        assertThat(runs.run("annotate", second.value(), "--name", "best").status())
                .isEqualTo(ErrorCode.CONFLICT.exitStatus());
        assertThat(runs.run("pin", "best", "--ttl", "30d", "--output=json").out())
                .contains("\"pinned\" : true", "\"pinnedUntil\" : \"2026-12-21T20:30:00Z\"", "\"name\" : \"best\"");
        Runs.Outcome refused = runs.run("delete", "best");
        assertThat(refused.status()).isEqualTo(ErrorCode.MUST_STAY.exitStatus());
        assertThat(refused.err()).contains("must stay: it is pinned until 2026-12-21T20:30:00Z", "pgkeep unpin");
        assertThat(runs.run("unpin", "best").out()).contains("no");
        assertThat(runs.run("annotate", "best", "ticket=").out()).doesNotContain("OPS-1");
        assertThat(runs.run("delete", "best").out()).contains("it was named");
        assertThat(runs.run("delete", "best").status()).isEqualTo(ErrorCode.BACKUP_UNKNOWN.exitStatus());
    }

    @Test
    void aNameIsTakenWhereverALabelIs() {
        assertThat(runs.run("annotate", first.value(), "--annotation", "ticket=OPS-1", "--name", "best")
                        .out())
                .contains("ticket=OPS-1");
        assertThat(runs.run("info", "--backup", "best").out()).contains("backup " + first + " of cluster 'main'");
        assertThat(runs.run("verify", "--backup", "best", "--output=json").out())
                .contains("\"backups\" : 1");
        String target = temporary.resolve("restored").toString();
        // Its manifest has no pg_control, which is found once the backup is chosen.
        assertThat(runs.run("restore", "--set", "best", "--dry-run", "-D", target)
                        .err())
                .contains("the manifest of backup " + first);
        for (String[] typed : new String[][] {
            {"info", "--backup", "bst"},
            {"verify", "--backup", "bst"},
            {"restore", "--backup", "bst", "-D", target},
            {"backup", "--base", "bst", "-D", target},
            {"delete", "bst"},
            {"pin", "bst"},
            {"unpin", "bst"},
            {"annotate", "bst", "--note", "x"}
        }) {
            Runs.Outcome refused = runs.run(typed);
            assertThat(refused.status()).as(typed[0]).isEqualTo(ErrorCode.BACKUP_UNKNOWN.exitStatus());
            assertThat(refused.err())
                    .as(typed[0])
                    .contains("cluster 'main' has no backup of the name 'bst'", "Did you mean best?");
        }
    }

    @Test
    void theLastBackupGoesOnlyByForce() {
        assertThat(runs.run("delete", "--older-than", "0s").status()).isEqualTo(ErrorCode.MUST_STAY.exitStatus());
        assertThat(runs.run("delete", "--older-than", "0s", "--force", "--dry-run")
                        .out())
                .contains("2 backups and 0 segments of WAL would go");
        assertThat(runs.run("delete", "--older-than", "0s", "--force").status()).isZero();
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(runs.run("delete").err()).contains("no backup is named");
        assertThat(runs.run("annotate", first.value(), "novalue").err()).contains("'novalue' is not KEY=VALUE");
        assertThat(runs.run("annotate", first.value(), "--name", "a b").err()).contains("cannot be a backup's name");
        assertThat(runs.run("pin", first.value(), "--ttl", "1d", "--until", "2027-01-01")
                        .err())
                .contains("exclude each other");
        assertThat(runs.run("pin", first.value(), "--until", "2020-01-01").err())
                .contains("is not in the future");
        assertThat(runs.run("pin", "nobody").err()).contains("no backup of the name 'nobody'");
        assertThat(runs.run("expire", "--retention-zone", "Moon").err()).contains("'Moon' is not a time zone");
    }
}
