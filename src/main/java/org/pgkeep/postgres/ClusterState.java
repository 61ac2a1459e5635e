package org.pgkeep.postgres;

import java.util.Optional;

/** What {@code pg_control} says a cluster was doing when it was last written ({@code DBState}, {@code catalog/pg_control.h}). */
public enum ClusterState {
    STARTUP("starting up"),
    SHUTDOWNED("shut down"),
    SHUTDOWNED_IN_RECOVERY("shut down in recovery"),
    SHUTDOWNING("shutting down"),
    IN_CRASH_RECOVERY("in crash recovery"),
    IN_ARCHIVE_RECOVERY("in archive recovery"),
    IN_PRODUCTION("in production");

    private final String text;

    ClusterState(String text) {
        this.text = text;
    }

    static Optional<ClusterState> ofCode(int code) {
        return code >= 0 && code < values().length ? Optional.of(values()[code]) : Optional.empty();
    }

    /** Whether the server was stopped in order: its files are complete without any WAL but the checkpoint's. */
    public boolean isShutDown() {
        return switch (this) {
            case SHUTDOWNED, SHUTDOWNED_IN_RECOVERY -> true;
            case STARTUP, SHUTDOWNING, IN_CRASH_RECOVERY, IN_ARCHIVE_RECOVERY, IN_PRODUCTION -> false;
        };
    }

    /** In {@code pg_controldata}'s words. */
    @Override
    public String toString() {
        return text;
    }
}
