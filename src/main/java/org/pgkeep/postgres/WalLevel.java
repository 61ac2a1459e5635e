package org.pgkeep.postgres;

import java.util.Optional;

/** How much is written to the WAL ({@code access/xlog.h}, since 9.6). */
public enum WalLevel {
    MINIMAL,
    REPLICA,
    LOGICAL;

    static Optional<WalLevel> ofCode(int code) {
        return code >= 0 && code < values().length ? Optional.of(values()[code]) : Optional.empty();
    }
}
