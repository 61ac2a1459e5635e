package org.pgkeep.cli;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import org.pgkeep.config.Option;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.expire.Expire;
import org.pgkeep.expire.Period;
import org.pgkeep.expire.Policy;
import org.pgkeep.repository.ClusterName;

/** Makes a policy of options. */
final class Retention {
    private Retention() {}

    static Policy policy(Settings settings) {
        Map<Period, Integer> periods = new EnumMap<>(Period.class);
        settings.find(Options.RETENTION_DAILY).ifPresent(count -> periods.put(Period.DAY, count));
        settings.find(Options.RETENTION_WEEKLY).ifPresent(count -> periods.put(Period.WEEK, count));
        settings.find(Options.RETENTION_MONTHLY).ifPresent(count -> periods.put(Period.MONTH, count));
        settings.find(Options.RETENTION_YEARLY).ifPresent(count -> periods.put(Period.YEAR, count));
        return new Policy(
                larger(count(settings, Options.RETENTION_FULL), count(settings, Options.RETENTION_REDUNDANCY)),
                count(settings, Options.RETENTION_DIFF),
                settings.find(Options.RETENTION_WINDOW),
                periods,
                zone(settings.get(Options.RETENTION_ZONE)),
                count(settings, Options.RETENTION_MIN),
                count(settings, Options.RETENTION_WAL_DEPTH),
                settings.get(Options.RETENTION_CHAINS).equals("together")
                        ? Policy.Chains.TOGETHER
                        : Policy.Chains.FREE);
    }

    private static OptionalInt count(Settings settings, Option<Integer> option) {
        return settings.find(option).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    private static OptionalInt larger(OptionalInt one, OptionalInt other) {
        if (one.isPresent() && other.isPresent()) {
            return one.getAsInt() > other.getAsInt() ? one : other;
        }
        return one.isPresent() ? one : other;
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new PgkeepException(
                            ErrorCode.USAGE,
                            "'" + text + "' is not a time zone",
                            "Give --retention-zone a name such as UTC or Europe/Berlin.")
                    .causedBy(e);
        }
    }

    /** Where and how to remove. */
    static Expire.Terms terms(Settings settings, boolean dryRun) {
        return new Expire.Terms(
                new ClusterName(settings.cluster()), dryRun, settings.get(Options.JOBS), settings.get(Options.WAIT));
    }
}
