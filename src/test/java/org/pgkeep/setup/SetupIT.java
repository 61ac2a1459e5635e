package org.pgkeep.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Pgkeep;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** The first minutes: init and check as a person runs them, against real servers. */
class SetupIT {
    @ParameterizedTest
    @MethodSource("org.pgkeep.harness.Servers#matrix")
    void aClusterIsSetUpCheckedAndToldWhatIsMissing(String major) {
        try (TestCluster cluster = TestCluster.started(major)) {
            Pgkeep pgkeep = Pgkeep.of(cluster);
            Path repository = cluster.directory("repository");

            ProgramRun told = init(pgkeep, cluster, repository);
            assertThat(told.exitStatus()).as(told.err()).isZero();
            assertThat(told.out())
                    .contains("archive_mode = 'on'")
                    .contains("archive_command = '")
                    .contains("archive-push")
                    .contains("%p'")
                    .doesNotContain("wal_level =");

            ProgramRun before = check(pgkeep, cluster, repository);
            assertThat(before.exitStatus()).isEqualTo(ErrorCode.ARCHIVING.exitStatus());
            assertThat(before.out()).contains("archive_mode is off");

            ProgramRun applied = init(pgkeep, cluster, repository, "--apply");
            assertThat(applied.exitStatus()).as(applied.err()).isZero();
            assertThat(applied.out()).contains("restart");
            cluster.server().restart();

            ProgramRun after = check(pgkeep, cluster, repository);
            assertThat(after.exitStatus()).as(after.out() + after.err()).isZero();
            assertThat(after.out())
                    .contains("the server is the registered cluster")
                    .contains("arrived after");

            ProgramRun again = init(pgkeep, cluster, repository, "--apply");
            assertThat(again.out()).contains("The server's settings are right");
        }
    }

    @Test
    void aCommandThatFailsIsFoundWithWhatTheServerSays() {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()))) {
            source.cluster().sql("ALTER SYSTEM SET archive_command = 'false archive-push --cluster main %p'");
            source.cluster().server().restart();
            ProgramRun run = source.run("check", "--archive-timeout", "3s");
            assertThat(run.exitStatus()).isEqualTo(ErrorCode.ARCHIVING.exitStatus());
            assertThat(run.out())
                    .contains("did not reach the repository within 3 s")
                    .contains("archive_command fails for");
        }
    }

    @Test
    void aCommandForAnotherClusterIsFound() {
        try (BackedUpCluster source = BackedUpCluster.setUp(TestCluster.create(Servers.newest()))) {
            String command = source.cluster().query("SHOW archive_command");
            source.cluster().sql("ALTER SYSTEM SET archive_command = '" + command.replace("main", "other") + "'");
            source.cluster().server().restart();
            ProgramRun run = source.run("check", "--archive-timeout", "2s");
            assertThat(run.exitStatus()).isEqualTo(ErrorCode.ARCHIVING.exitStatus());
            assertThat(run.out()).contains("archive_command pushes to cluster 'other', not to 'main'");
        }
    }

    @Test
    void anotherServersDataDirectoryIsFound() {
        try (TestCluster one = TestCluster.started(Servers.newest());
                TestCluster other = TestCluster.stranger(Servers.newest())) {
            Pgkeep pgkeep = Pgkeep.of(one);
            Path repository = one.directory("repository");
            assertThat(init(pgkeep, one, repository).exitStatus()).isZero();
            ProgramRun run = pgkeep.run(
                    "check",
                    "--repo-path",
                    repository.toString(),
                    "--pgdata",
                    other.data().toString(),
                    "--host",
                    one.server().socketDirectory().toString(),
                    "--port",
                    String.valueOf(one.server().port()),
                    "--user",
                    "postgres");
            assertThat(run.exitStatus()).isEqualTo(ErrorCode.CLUSTER_MISMATCH.exitStatus());
            assertThat(run.out()).contains("the server has system identifier");
            ProgramRun registering = pgkeep.run(
                    "init",
                    "--repo-path",
                    repository.toString(),
                    "--pgdata",
                    other.data().toString());
            assertThat(registering.exitStatus()).isEqualTo(ErrorCode.CLUSTER_MISMATCH.exitStatus());
            assertThat(registering.err()).contains("is registered with system identifier");
        }
    }

    private static ProgramRun init(Pgkeep pgkeep, TestCluster cluster, Path repository, String... more) {
        return run(pgkeep, "init", cluster, repository, more);
    }

    private static ProgramRun check(Pgkeep pgkeep, TestCluster cluster, Path repository) {
        return run(pgkeep, "check", cluster, repository);
    }

    private static ProgramRun run(Pgkeep pgkeep, String command, TestCluster cluster, Path repository, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--repo-path",
                repository.toString(),
                "--pgdata",
                cluster.data().toString(),
                "--user",
                "postgres"));
        arguments.addAll(List.of(more));
        return pgkeep.run(arguments);
    }
}
