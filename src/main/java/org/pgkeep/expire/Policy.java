package org.pgkeep.expire;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What must stay. A backup stays if any of these keeps it; where none is set that keeps backups, all stay.
 *
 * @param full the newest so many full backups, and all backups since the oldest of them
 * @param diff of those only the newest so many differential ones, and the incremental ones on them
 * @param window every moment of this last while
 * @param periods the newest backup of each of the last so many days, weeks, months or years that have one
 * @param zone whose calendar counts
 * @param minBackups at least so many; keeps nothing by itself where no other policy lets anything go
 * @param walDepth any later moment only for the newest so many, the older ones only their own end; empty: for all
 */
public record Policy(
        OptionalInt full,
        OptionalInt diff,
        Optional<Duration> window,
        Map<Period, Integer> periods,
        ZoneId zone,
        OptionalInt minBackups,
        OptionalInt walDepth,
        Chains chains) {
    /** Everything stays. */
    public static final Policy NONE = new Policy(
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Map.of(),
            ZoneOffset.UTC,
            OptionalInt.empty(),
            OptionalInt.empty(),
            Chains.FREE);

    /** What becomes of a backup that others were compared with. */
    public enum Chains {
        /** It goes when no policy keeps it: those that build on it live on with the packs that they share. */
        FREE,
        /** It stays as long as one that builds on it. */
        TOGETHER
    }

    public Policy {
        Map<Period, Integer> copy = new EnumMap<>(Period.class);
        copy.putAll(periods);
        periods = Collections.unmodifiableMap(copy);
    }

    /** Whether any of it lets a backup go. */
    public boolean limitsBackups() {
        return full.isPresent() || diff.isPresent() || window.isPresent() || !periods.isEmpty();
    }

    /** Whether any of it lets WAL go. */
    public boolean limitsWal() {
        return limitsBackups() || walDepth.isPresent();
    }
}
