package org.pgkeep.backup;

import java.time.Duration;
import java.util.function.Consumer;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.server.BackupStart;
import org.pgkeep.postgres.server.BackupStop;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.postgres.server.Watch;

/** What a server does for a backup, or what takes its place when it is stopped. */
sealed interface BackupMode {
    /** How often a running backup's session is looked after. */
    Duration WATCH = Duration.ofSeconds(3);

    /** Where recovery begins. */
    Start start();

    /** What is needed to be consistent. */
    Stop stop();

    /** Hears of it while the server leaves backup mode by itself. */
    AutoCloseable watch(Consumer<PgkeepException> whenLost);

    /** Where recovery begins, and on which timeline. */
    record Start(Lsn lsn, int timeline, boolean onStandby) {}

    /** Where the restored cluster is consistent, and PostgreSQL's own files about it. */
    record Stop(Lsn lsn, int timeline, String backupLabelFile, String tablespaceMap) {}

    /** A running server. */
    record Online(ServerSession session, BackupStart begun) implements BackupMode {
        static Online begin(ServerSession session, String label, boolean fast) {
            return new Online(session, session.startBackup(label, fast));
        }

        @Override
        public Start start() {
            return new Start(begun.lsn(), begun.timeline(), begun.onStandby());
        }

        @Override
        public Stop stop() {
            BackupStop stop = session.stopBackup();
            return new Stop(
                    stop.lsn(),
                    begun.timeline(),
                    stop.backupLabel(),
                    stop.tablespaceMap().orElse(""));
        }

        @Override
        public Watch watch(Consumer<PgkeepException> whenLost) {
            return session.watch(begun, WATCH, whenLost);
        }
    }

    /** A stopped server: its shutdown checkpoint is start and end. */
    record Offline(ControlFile control) implements BackupMode {
        @Override
        public Start start() {
            ControlFile.Checkpoint checkpoint = control.checkpoint();
            return new Start(checkpoint.redo(), checkpoint.timeline(), false);
        }

        @Override
        public Stop stop() {
            ControlFile.Checkpoint checkpoint = control.checkpoint();
            return new Stop(checkpoint.redo(), checkpoint.timeline(), "", "");
        }

        @Override
        public AutoCloseable watch(Consumer<PgkeepException> whenLost) {
            return () -> {};
        }
    }
}
