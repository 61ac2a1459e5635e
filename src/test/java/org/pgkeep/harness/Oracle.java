package org.pgkeep.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.pgkeep.demo.ClusterProof;
import org.pgkeep.demo.ThrowawayServer;

/**
 * Says whether a restored cluster is right, by means that are not pgkeep's own: {@link PageComparison} for directories, and
 * these for servers.
 */
public final class Oracle {
    private Oracle() {}

    /** What the databases hold: row counts and hashes by table. Equal maps are equal data. */
    public static Map<String, String> contents(ThrowawayServer server) {
        return ClusterProof.contents(server);
    }

    /** The judgment of a running restored primary that held the workload: its invariant, and amcheck. */
    public static void checkRunning(ThrowawayServer server) {
        ClusterProof.checkInvariant(server);
        amcheck(server);
    }

    /** Runs amcheck over all indexes and heaps of a primary. It makes the extension, so compare pages before. */
    public static void amcheck(ThrowawayServer server) {
        ClusterProof.amcheck(server);
    }

    /** Whether this machine has {@code pg_verifybackup}. */
    public static boolean canVerifyBackup() {
        return Files.isExecutable(VerifyBackup.PROGRAM);
    }

    /** Runs PostgreSQL's own {@code pg_verifybackup} over a restored directory that no server ran on yet; fails with its words. */
    public static void verifyBackup(Path restored) {
        VerifyBackup.check(restored);
    }
}
