package org.pgkeep.cli;

import java.nio.file.Path;
import org.pgkeep.archive.Prefetcher;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.repository.ClusterName;

/** {@code pgkeep archive-get --async-worker}: what the launcher starts for {@code --archive-async}. */
final class PrefetcherRun {
    /** Within --spool-path: a directory for each data directory, which the launcher names. */
    private static final String PLACE = "pgkeep.spool.place";

    private PrefetcherRun() {}

    static int of(Invocation invocation, String wal) {
        Settings settings = invocation.settings();
        Prefetcher.Request request = new Prefetcher.Request(
                new ClusterName(settings.cluster()),
                settings.require(Options.SPOOL_PATH).resolve(System.getProperty(PLACE, "get")),
                System.getProperty(ArchiverRun.CALL, ""),
                Path.of(wal).toAbsolutePath(),
                settings.find(Options.PGDATA),
                ArchiverRun.jobs(settings),
                settings.get(Options.ARCHIVE_GET_QUEUE_MAX),
                settings.files(),
                ArchiverRun.IDLE,
                ArchiverRun.isSlowWithCiphers());
        boolean _ = new Prefetcher(ArchiverRun.repositories(invocation), invocation.progress()).run(request);
        return 0;
    }
}
