package org.pgkeep.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.pgkeep.demo.PostgresBinaries;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.ThrowawayServer;

/**
 * Debian's {@code pg_upgrade} 15, from 15 to 15 as in PostgreSQL's own tests: in the old cluster's programs it wants {@code pg_controldata} and
 * {@code pg_resetwal}, and the servers from Maven Central come without.
 */
public final class PgUpgrade {
    private static final Path PROGRAMS = Path.of("/usr/lib/postgresql/15/bin");
    private static final Path PROGRAM = PROGRAMS.resolve("pg_upgrade");
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private PgUpgrade() {}

    /** A new cluster that it can work on, not started; without {@code pg_upgrade} here, the test is skipped. */
    public static TestCluster cluster() {
        assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is not there");
        return TestCluster.stranger(PostgresBinaries.in(PROGRAMS).orElseThrow());
    }

    /** Makes a new cluster the successor of another one, with all that it holds; both are stopped. */
    public static void run(TestCluster before, TestCluster after) {
        ThrowawayServer server = after.server();
        List<String> command = List.of(
                PROGRAM.toString(),
                "--old-bindir=" + before.server().binaries().directory(),
                "--new-bindir=" + server.binaries().directory(),
                "--old-datadir=" + before.data(),
                "--new-datadir=" + after.data(),
                "--socketdir=" + server.socketDirectory(),
                "--username=postgres");
        ProgramRun.of(server.runAs().command(command), after.base(), Map.of(), LONGEST)
                .orThrow();
    }
}
