package org.pgkeep.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.pgkeep.error.ErrorCode;
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

    /**
     * Now and then while files are copied.
     *
     * @throws PgkeepException {@code SERVER_RUNNING} when a server was started where none may run
     */
    void check();

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
                    stop.timeline(),
                    stop.backupLabel(),
                    stop.tablespaceMap().orElse(""));
        }

        @Override
        public Watch watch(Consumer<PgkeepException> whenLost) {
            return session.watch(begun, WATCH, whenLost);
        }

        @Override
        public void check() {
            // The watch does.
        }
    }

    /**
     * A stopped server: its shutdown checkpoint is start and end; a standby's end is how far it had come.
     *
     * @param stopped what the control file says of it, and must say to the end
     */
    record Offline(Path directory, ControlFile stopped) implements BackupMode {
        /**
         * A cluster whose server does not run.
         *
         * @throws PgkeepException {@code SERVER_RUNNING} when a server may run there, {@code CLUSTER_DAMAGED} when it was not shut down
         *     cleanly
         */
        static Offline of(Path directory, ControlFile control) {
            if (DataDirectory.mayBeRunning(directory)) {
                throw new PgkeepException(
                        ErrorCode.SERVER_RUNNING,
                        directory + " has a postmaster.pid: a server runs there, or crashed",
                        "Back up without --offline, or stop the server cleanly first.");
            }
            if (!control.state().isShutDown()) {
                throw new PgkeepException(
                        ErrorCode.CLUSTER_DAMAGED,
                        "the cluster in " + directory + " was not shut down cleanly: its state is '" + control.state()
                                + "'",
                        "Start the server and stop it with 'pg_ctl stop', then back up.");
            }
            return new Offline(directory, control);
        }

        @Override
        public Start start() {
            ControlFile.Checkpoint checkpoint = stopped.checkpoint();
            return new Start(checkpoint.redo(), checkpoint.timeline(), false);
        }

        /** When all is copied, the control file last: if it is still the same then, no server wrote meanwhile. */
        @Override
        public Stop stop() {
            check();
            ControlFile.Checkpoint checkpoint = stopped.checkpoint();
            ControlFile.Recovery recovery = stopped.recovery();
            return checkpoint.redo().isBefore(recovery.minimum())
                    ? new Stop(recovery.minimum(), recovery.minimumTimeline(), "", "")
                    : new Stop(checkpoint.redo(), checkpoint.timeline(), "", "");
        }

        @Override
        public AutoCloseable watch(Consumer<PgkeepException> whenLost) {
            return () -> {};
        }

        @Override
        public void check() {
            boolean started = DataDirectory.mayBeRunning(directory)
                    || !ControlFile.parse(DataDirectory.controlBytes(directory)).equals(stopped);
            if (started) {
                throw new PgkeepException(
                        ErrorCode.SERVER_RUNNING,
                        "a server was started in " + directory
                                + " while the files were copied: what was copied is no backup",
                        "Stop it and run the command again, or back up the running server without --offline.");
            }
        }
    }
}
