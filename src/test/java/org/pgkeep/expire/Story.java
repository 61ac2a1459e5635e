package org.pgkeep.expire;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.repository.BackupStatus;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Pin;

/** The life of a cluster, told by chance: backups, WAL, restores to earlier moments, pins, damage, lost segments. */
final class Story {
    static final int SEGMENT_BYTES = 1 << 20;

    private static final List<BackupType> TYPES = List.of(BackupType.values());

    private final Random random;
    private final List<Candidate> backups = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-31T22:00:00Z");
    private long number = 3;

    /** A timeline. */
    private static final class Line {
        private final TimelineHistory history;
        private final TreeSet<Long> segments = new TreeSet<>();
        private Instant archived = Instant.EPOCH;

        Line(TimelineHistory history) {
            this.history = history;
        }
    }

    Story(long seed, int events) {
        this.random = new Random(seed);
        lines.add(new Line(TimelineHistory.of(1)));
        write(1);
        for (int i = 0; i < events; i++) {
            tell(random.nextInt(12));
        }
    }

    private void tell(int what) {
        now = now.plus(Duration.ofMinutes(1 + random.nextInt(60 * 40)));
        switch (what) {
            case 0, 1, 2, 3, 4, 5 -> backup();
            case 6 -> restoreToEarlier();
            case 7 -> lose();
            default -> write(1 + random.nextInt(6));
        }
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            boolean _ = lines.getLast().segments.add(number++);
        }
        lines.getLast().archived = now;
    }

    private void backup() {
        BackupType type = backups.isEmpty() ? BackupType.FULL : TYPES.get(random.nextInt(TYPES.size()));
        Optional<Label> base = type == BackupType.FULL
                ? Optional.empty()
                : Optional.of(backups.get(backups.size() - 1 - random.nextInt(Math.min(3, backups.size())))
                        .label());
        int timeline = lines.size();
        Lsn start = new Lsn(number * SEGMENT_BYTES + 40);
        write(1 + random.nextInt(3));
        Lsn stop = new Lsn((number - 1) * SEGMENT_BYTES + 1000);
        Label label = Label.of(now, type);
        now = now.plus(Duration.ofMinutes(1 + random.nextInt(90)));
        boolean online = random.nextInt(8) > 0;
        backups.add(new Candidate(
                label,
                base,
                differential(label, base),
                now,
                new Candidate.Stretch(1, online, timeline, start, timeline, stop, SEGMENT_BYTES),
                random.nextInt(8) == 0 ? BackupStatus.DAMAGED : BackupStatus.OK,
                hold()));
    }

    private Optional<Label> differential(Label label, Optional<Label> base) {
        return label.type() == BackupType.DIFFERENTIAL && base.isPresent()
                ? Optional.of(label)
                : backups.stream()
                        .filter(backup -> base.equals(Optional.of(backup.label())))
                        .findFirst()
                        .flatMap(Candidate::differential);
    }

    private Candidate.Hold hold() {
        return switch (random.nextInt(12)) {
            case 0 -> new Candidate.Hold.ByPin(new Pin(Optional.empty(), random.nextBoolean()));
            case 1 ->
                new Candidate.Hold.ByPin(
                        new Pin(Optional.of(now.plus(Duration.ofDays(random.nextInt(20)))), random.nextBoolean()));
            case 2 -> random.nextInt(5) == 0 ? new Candidate.Hold.Unknown("damaged") : new Candidate.Hold.None();
            default -> new Candidate.Hold.None();
        };
    }

    /** A new timeline, somewhere after the end of a backup. */
    private void restoreToEarlier() {
        int timeline = lines.size();
        List<Candidate> own = backups.stream()
                .filter(backup -> backup.stretch().stopTimeline() == timeline)
                .toList();
        if (own.isEmpty()) {
            return;
        }
        Candidate from = own.get(random.nextInt(own.size()));
        long last = from.stretch().lastSegment();
        long left = last + random.nextInt((int) (number - last));
        List<TimelineHistory.Ancestor> ancestors =
                new ArrayList<>(lines.getLast().history.ancestors());
        ancestors.add(new TimelineHistory.Ancestor(timeline, new Lsn(left * SEGMENT_BYTES + 2000), ""));
        lines.add(new Line(new TimelineHistory(timeline + 1, ancestors)));
        number = left;
        write(1 + random.nextInt(3));
    }

    private void lose() {
        TreeSet<Long> own = lines.getLast().segments;
        if (random.nextInt(3) == 0 && !own.isEmpty()) {
            boolean _ = own.remove(
                    own.stream().skip(random.nextInt(own.size())).findFirst().orElseThrow());
        }
    }

    Instant now() {
        return now;
    }

    Catalogue catalogue() {
        List<Archive.OfTimeline> timelines = new ArrayList<>();
        for (Line line : lines) {
            Runs.Collector runs = new Runs.Collector();
            line.segments.forEach(runs::add);
            timelines.add(new Archive.OfTimeline(
                    line.history.timeline(),
                    Optional.of(line.history),
                    runs.runs(),
                    runs.runs(),
                    Optional.of(line.archived)));
        }
        return new Catalogue(
                backups, new TreeMap<>(), List.of(new Archive(1, true, Optional.of(SEGMENT_BYTES), timelines)));
    }

    /** A policy by chance; some of it may be unset. */
    Policy policy() {
        return new Policy(
                maybe(4),
                maybe(4),
                random.nextBoolean() ? Optional.of(Duration.ofHours(1 + random.nextInt(24 * 15))) : Optional.empty(),
                periods(),
                ZoneId.of(random.nextBoolean() ? "UTC" : "America/New_York"),
                maybe(4),
                maybe(4),
                random.nextBoolean() ? Policy.Chains.FREE : Policy.Chains.TOGETHER);
    }

    private OptionalInt maybe(int most) {
        return random.nextInt(3) == 0 ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(most));
    }

    private Map<Period, Integer> periods() {
        Map<Period, Integer> periods = new TreeMap<>();
        for (Period period : Period.values()) {
            if (random.nextInt(3) == 0) {
                periods.put(period, 1 + random.nextInt(4));
            }
        }
        return periods;
    }

    /** One that keeps at least as much: it may ask for more of what this one asks, and for what this one does not. */
    Policy moreGenerous(Policy policy) {
        Map<Period, Integer> periods = new TreeMap<>(policy.periods());
        if (policy.limitsBackups()) {
            for (Period period : Period.values()) {
                periods.merge(period, random.nextInt(3), Integer::sum);
            }
            periods.values().removeIf(count -> count == 0);
        }
        return new Policy(
                more(policy.full()),
                more(policy.diff()),
                policy.window().map(window -> window.plusHours(random.nextInt(200))),
                periods,
                policy.zone(),
                policy.minBackups().isPresent() ? more(policy.minBackups()) : maybe(3),
                OptionalInt.empty(),
                random.nextBoolean() ? Policy.Chains.TOGETHER : policy.chains());
    }

    Policy deeper(Policy policy) {
        return new Policy(
                policy.full(),
                policy.diff(),
                policy.window(),
                policy.periods(),
                policy.zone(),
                policy.minBackups(),
                random.nextInt(4) == 0 ? OptionalInt.empty() : more(policy.walDepth()),
                policy.chains());
    }

    private OptionalInt more(OptionalInt count) {
        return count.isPresent() ? OptionalInt.of(count.getAsInt() + random.nextInt(3)) : count;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }
}
