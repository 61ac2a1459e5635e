package org.pgkeep.expire;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgkeep.repository.Label;

/**
 * Keeps the newest full backups and all that came since, of which the differential ones may be limited, too. What came since is what
 * builds on them, and what builds on others that somebody deleted: that must not go only because nobody counts it.
 */
final class CountRule implements Rule {
    private final OptionalInt full;
    private final OptionalInt diff;
    private final int fulls;
    private final Optional<Label> oldestFull;
    private final Optional<Label> oldestDiff;

    /**
     * Decides.
     *
     * @param good those that can be restored, newest first
     */
    CountRule(OptionalInt full, OptionalInt diff, List<Candidate> good) {
        this.full = full;
        this.diff = diff;
        List<Candidate> goodFulls = good.stream().filter(Candidate::isFull).toList();
        this.fulls = goodFulls.size();
        this.oldestFull = nth(full, goodFulls);
        this.oldestDiff = nth(
                        diff, good.stream().filter(Candidate::isDifferential).toList())
                .filter(label -> !isOlder(label, oldestFull));
    }

    private static Optional<Label> nth(OptionalInt count, List<Candidate> newestFirst) {
        return count.isPresent() && count.getAsInt() <= newestFirst.size()
                ? Optional.of(newestFirst.get(count.getAsInt() - 1).label())
                : Optional.empty();
    }

    @Override
    public Optional<Reason> keeps(Candidate backup) {
        if (isOlder(backup.label(), oldestFull) || isOnOldDiff(backup)) {
            return Optional.empty();
        }
        if (full.isEmpty()) {
            return Optional.of(new Reason.FullUnlimited());
        }
        int count = full.getAsInt();
        return Optional.of(oldestFull
                .<Reason>map(oldest -> new Reason.SinceFull(count, oldest))
                .orElseGet(() -> new Reason.FewFull(count, fulls)));
    }

    @Override
    public Optional<Objection> objection(Candidate backup) {
        if (isOlder(backup.label(), oldestFull)) {
            return oldestFull.map(oldest -> new Objection.OlderThanFull(full.getAsInt(), oldest));
        }
        if (backup.isDifferential()) {
            return oldestDiff.map(oldest -> new Objection.OlderThanDiff(diff.getAsInt(), oldest));
        }
        return backup.differential()
                .flatMap(label -> oldestLine().map(oldest -> new Objection.OnOldDifferential(label, oldest)));
    }

    private static boolean isOlder(Label label, Optional<Label> than) {
        return than.isPresent() && label.compareTo(than.get()) < 0;
    }

    private boolean isOnOldDiff(Candidate backup) {
        return backup.differential()
                .filter(label -> isOlder(label, oldestLine()))
                .isPresent();
    }

    /** Where too few differential backups are left to say from which on they count, those since the oldest full one do. */
    private Optional<Label> oldestLine() {
        return diff.isPresent() ? oldestDiff.or(() -> oldestFull) : Optional.empty();
    }
}
