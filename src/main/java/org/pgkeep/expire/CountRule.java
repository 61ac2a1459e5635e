package org.pgkeep.expire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.Label;

/**
 * Keeps the newest full backups and all that came since, of which the differential ones may be limited, too. What came since is what
 * builds on them, and what builds on others that somebody deleted: that must not go only because nobody counts it.
 */
final class CountRule implements Rule {
    private final OptionalInt full;
    private final OptionalInt diff;
    private final Map<Label, Candidate> byLabel = new HashMap<>();
    private final int fulls;
    private final Optional<Label> oldestFull;
    private final Optional<Label> oldestDiff;

    /**
     * Decides.
     *
     * @param backups all, oldest first
     * @param good those that can be restored, newest first
     */
    CountRule(OptionalInt full, OptionalInt diff, List<Candidate> backups, List<Candidate> good) {
        this.full = full;
        this.diff = diff;
        backups.forEach(backup -> byLabel.put(backup.label(), backup));
        List<Candidate> goodFulls = good.stream().filter(Candidate::isFull).toList();
        this.fulls = goodFulls.size();
        this.oldestFull = nth(full, goodFulls);
        this.oldestDiff = nth(diff, good.stream().filter(CountRule::isDiff).toList());
    }

    private static Optional<Label> nth(OptionalInt count, List<Candidate> newestFirst) {
        return count.isPresent() && count.getAsInt() <= newestFirst.size()
                ? Optional.of(newestFirst.get(count.getAsInt() - 1).label())
                : Optional.empty();
    }

    private static boolean isDiff(Candidate backup) {
        return !backup.isFull() && backup.label().type() == BackupType.DIFFERENTIAL;
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
        return isOlder(backup.label(), oldestFull)
                ? oldestFull.map(oldest -> new Objection.OlderThanFull(full.getAsInt(), oldest))
                : oldestDiff.map(oldest -> new Objection.OlderThanDiff(diff.getAsInt(), oldest));
    }

    private static boolean isOlder(Label label, Optional<Label> than) {
        return than.isPresent() && label.compareTo(than.get()) < 0;
    }

    private boolean isOnOldDiff(Candidate backup) {
        Optional<Candidate> at = Optional.of(backup);
        while (at.isPresent() && !isDiff(at.get())) {
            at = at.get().base().map(byLabel::get);
        }
        return at.isPresent() && isOlder(at.get().label(), oldestDiff);
    }
}
