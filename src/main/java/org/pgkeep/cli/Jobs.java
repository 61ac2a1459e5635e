package org.pgkeep.cli;

import org.pgkeep.config.Options;
import org.pgkeep.config.Origin;
import org.pgkeep.config.Settings;
import org.pgkeep.progress.Progress;

/** How many work at once on gigabytes: as many as were asked for, as far as Java's memory goes. */
final class Jobs {
    /** What each worker needs at most: its buffers, and its share of what writes beside the workers. */
    private static final long WORKER_BYTES = 6 << 20;

    /** What a command needs besides, for clusters of any size. */
    private static final long OTHER_BYTES = 64 << 20;

    private Jobs() {}

    /** Says so when they are fewer than somebody asked for; not on a machine that only has more processors. */
    static int of(Settings settings, Progress progress) {
        int asked = settings.get(Options.JOBS);
        long memory = Runtime.getRuntime().maxMemory();
        int most = most(memory);
        if (asked > most && !(settings.origin(Options.JOBS) instanceof Origin.Default)) {
            progress.warn(asked + " jobs would need more memory than Java may take here, " + (memory >> 20) + " MiB: "
                    + most + " work. PGKEEP_JAVA_OPTS='-Xmx2g -XX:MaxDirectMemorySize=1g' lets more work");
        }
        return Math.min(asked, most);
    }

    /** How many that memory is enough for. */
    static int most(long memoryBytes) {
        return Math.clamp((memoryBytes - OTHER_BYTES) / WORKER_BYTES, 1, Integer.MAX_VALUE);
    }
}
