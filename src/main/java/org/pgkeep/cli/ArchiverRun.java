package org.pgkeep.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.pgkeep.archive.Archiver;
import org.pgkeep.archive.Copies;
import org.pgkeep.config.Options;
import org.pgkeep.config.Origin;
import org.pgkeep.config.Settings;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;

/** {@code pgkeep archive-push --async-worker}: what the launcher starts for {@code --archive-async}. */
final class ArchiverRun {
    /** As {@code src/dist/bin/pgkeep} prints its command line; compared with what the next launcher prints. */
    static final String CALL = "pgkeep.spool.call";

    /** "slow" where {@code src/dist/bin/pgkeep} starts a worker that compiles ciphers no better than the rest. */
    private static final String CIPHERS = "pgkeep.spool.ciphers";

    static final Duration IDLE = Duration.ofMinutes(2);

    /** The server's processors are the server's; more only when told. */
    private static final int JOBS_DEFAULT = 2;

    private ArchiverRun() {}

    /** The repositories of a cluster's WAL, to be opened. */
    static List<Copies.Place<Repository>> repositories(Invocation invocation) {
        List<Copies.Place<Repository>> repositories = new ArrayList<>();
        for (Settings each : invocation.settings().ofEachRepository()) {
            repositories.add(new Copies.Place<>(each.repository(), () -> invocation.repository(each)));
        }
        return repositories;
    }

    static int of(Invocation invocation, String wal) {
        Settings settings = invocation.settings();
        Archiver.Request request = new Archiver.Request(
                new ClusterName(settings.cluster()),
                settings.require(Options.SPOOL_PATH),
                System.getProperty(CALL, ""),
                Path.of(wal).toAbsolutePath(),
                jobs(settings),
                WalCompression.of(settings),
                settings.get(Options.WAL_SUMMARIES),
                settings.find(Options.ARCHIVE_QUEUE_MAX).map(OptionalLong::of).orElse(OptionalLong.empty()),
                settings.files(),
                IDLE,
                isSlowWithCiphers());
        boolean _ = new Archiver(repositories(invocation), invocation.backends().clock(), invocation.progress())
                .run(request);
        return 0;
    }

    static boolean isSlowWithCiphers() {
        return "slow".equals(System.getProperty(CIPHERS));
    }

    static int jobs(Settings settings) {
        int jobs = settings.get(Options.JOBS);
        boolean told = !(settings.origin(Options.JOBS) instanceof Origin.Default);
        return told ? jobs : Math.min(JOBS_DEFAULT, jobs);
    }
}
