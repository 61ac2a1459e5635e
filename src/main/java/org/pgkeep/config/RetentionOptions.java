package org.pgkeep.config;

import static org.pgkeep.config.CommandName.ANNOTATE;
import static org.pgkeep.config.CommandName.BACKUP;
import static org.pgkeep.config.CommandName.CONFIG;
import static org.pgkeep.config.CommandName.DELETE;
import static org.pgkeep.config.CommandName.EXPIRE;
import static org.pgkeep.config.CommandName.PIN;
import static org.pgkeep.config.CommandName.VERIFY;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.pgkeep.config.OptionType.Choice;
import org.pgkeep.config.OptionType.Flag;
import org.pgkeep.config.OptionType.Listed;
import org.pgkeep.config.OptionType.Text;
import org.pgkeep.config.OptionType.Timestamp;
import org.pgkeep.config.OptionType.Whole;

/** What must stay, and what a person says about a backup. Rows of the table of {@link Options}. */
interface RetentionOptions {
    String GROUP = "Retention";
    int COUNT_MAX = 100_000;
    Duration LONGEST = Duration.ofDays(36_525);

    /** Full backups. */
    Option<Integer> RETENTION_FULL = policy(
            "full",
            new Whole(1, COUNT_MAX),
            "Keeps the newest so many full backups, and all backups since the oldest of them");

    /** Full backups, as users of pg_probackup call it. */
    Option<Integer> RETENTION_REDUNDANCY =
            policy("redundancy", new Whole(1, COUNT_MAX), "The same as --retention-full; the larger of the two counts");

    /** Differential backups. */
    Option<Integer> RETENTION_DIFF = policy(
            "diff",
            new Whole(1, COUNT_MAX),
            "Of the backups that --retention-full keeps, keeps only the newest so many differential ones, and the incremental ones on them");

    /** Every moment of the last while. */
    Option<Duration> RETENTION_WINDOW = policy(
            "window",
            new Span(Duration.ofMinutes(1), LONGEST),
            "Keeps every moment of this last while restorable: the newest backup that ended before it, and all that came since, with their WAL");

    /** Days. */
    Option<Integer> RETENTION_DAILY = policy(
            "daily", new Whole(1, COUNT_MAX), "Keeps the newest backup of each of the last so many days that have one");

    /** Weeks. */
    Option<Integer> RETENTION_WEEKLY = policy(
            "weekly",
            new Whole(1, COUNT_MAX),
            "Keeps the newest backup of each of the last so many weeks (ISO 8601) that have one");

    /** Months. */
    Option<Integer> RETENTION_MONTHLY = policy(
            "monthly",
            new Whole(1, COUNT_MAX),
            "Keeps the newest backup of each of the last so many months that have one");

    /** Years. */
    Option<Integer> RETENTION_YEARLY = policy(
            "yearly",
            new Whole(1, COUNT_MAX),
            "Keeps the newest backup of each of the last so many years that have one");

    /** The floor. */
    Option<Integer> RETENTION_MIN = policy(
            "min-backups", new Whole(1, COUNT_MAX), "Never leaves fewer than so many backups that can be restored");

    /** How much WAL. */
    Option<Integer> RETENTION_WAL_DEPTH = policy(
            "wal-depth",
            new Whole(1, COUNT_MAX),
            "Keeps the WAL after the backup only for the newest so many of the backups that stay: the older ones lead only to their own end");

    /** Whose calendar. */
    Option<String> RETENTION_ZONE = policy(
                    "zone",
                    new Text("ZONE"),
                    "Counts days, weeks, months and years in this time zone, such as Europe/Berlin")
            .withDefault("UTC");

    /** What becomes of those that others build on. */
    Option<String> RETENTION_CHAINS = policy(
                    "chains",
                    Choice.of("free", "together"),
                    "Lets a backup go that others build on, which live on with the packs that they share (free), or keeps it as long"
                            + " as one of them (together)")
            .withAliases("chains")
            .withDefault("free");

    /** Expire after a backup. */
    Option<Boolean> EXPIRE_AFTER = Option.of(
                    "expire", new Flag(), "Removes what the policies of retention do not keep when the backup is taken")
            .withDefault("true")
            .in(Scope.CLUSTER, GROUP)
            .on(BACKUP, CONFIG);

    /** With all that builds on them. */
    Option<Boolean> DEPENDENTS = Option.of(
                    "dependents", new Flag(), "Also removes all backups that build on one that is removed")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(DELETE);

    /** Old ones. */
    Option<Duration> OLDER_THAN = Option.of(
                    "older-than",
                    new Span(Duration.ZERO, LONGEST),
                    "With delete, removes all backups that ended longer ago than this, but for pinned ones; with verify, reads only"
                            + " what nobody has verified for so long")
            .in(Scope.RUN, GROUP)
            .on(DELETE, VERIFY);

    /** Of one status. */
    Option<String> STATUS = Option.of(
                    "status",
                    Choice.of("ok", "verified", "warnings", "damaged"),
                    "Removes all backups of this status, but for pinned ones; damaged are those that verify found so")
            .in(Scope.RUN, GROUP)
            .on(DELETE);

    /** For how long. */
    Option<Duration> TTL = Option.of(
                    "ttl",
                    new Span(Duration.ofMinutes(1), LONGEST),
                    "Pins for this long from now, instead of for ever; backup: pins the new backup for this long from its end")
            .in(Scope.RUN, GROUP)
            .on(PIN, BACKUP);

    /** Until when. */
    Option<OffsetDateTime> UNTIL = Option.of("until", new Timestamp(), "Pins until this time, instead of for ever")
            .withAliases("expire-time")
            .in(Scope.RUN, GROUP)
            .on(PIN);

    /** With WAL. */
    Option<Boolean> KEEP_WAL = Option.of(
                    "keep-wal",
                    new Flag(),
                    "Also keeps all WAL from the backup on, so that it leads to any later moment")
            .withDefault("false")
            .in(Scope.RUN, GROUP)
            .on(PIN);

    /** A name. */
    Option<String> NAME = Option.of(
                    "name",
                    new Text("NAME"),
                    "Gives the backup this name, which no other backup of the cluster has; none takes it away")
            .in(Scope.RUN, GROUP)
            .on(ANNOTATE, BACKUP);

    /** A note. */
    Option<String> NOTE = Option.of("note", new Text("TEXT"), "Notes this line; none removes it")
            .in(Scope.RUN, GROUP)
            .on(ANNOTATE, BACKUP);

    /** A fact. */
    Option<List<String>> ANNOTATION = Option.of(
                    "annotation",
                    new Listed<>(new Text("KEY=VALUE")),
                    "Notes this fact for programs; without a value removes it; may be repeated")
            .in(Scope.RUN, GROUP)
            .on(ANNOTATE, BACKUP);

    List<Option<?>> ROWS = List.of(
            RETENTION_FULL,
            RETENTION_REDUNDANCY,
            RETENTION_DIFF,
            RETENTION_WINDOW,
            RETENTION_DAILY,
            RETENTION_WEEKLY,
            RETENTION_MONTHLY,
            RETENTION_YEARLY,
            RETENTION_MIN,
            RETENTION_WAL_DEPTH,
            RETENTION_ZONE,
            RETENTION_CHAINS,
            EXPIRE_AFTER,
            DEPENDENTS,
            OLDER_THAN,
            STATUS,
            TTL,
            UNTIL,
            KEEP_WAL,
            NAME,
            NOTE,
            ANNOTATION);

    private static <T> Option<T> policy(String word, OptionType<T> type, String sentence) {
        return Option.of("retention-" + word, type, sentence)
                .withKey("retention." + word)
                .in(Scope.CLUSTER_OR_REPOSITORY, GROUP)
                .on(EXPIRE, BACKUP, CONFIG);
    }
}
