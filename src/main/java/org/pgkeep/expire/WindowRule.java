package org.pgkeep.expire;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgkeep.repository.Label;

/**
 * Keeps every moment of the last while: the newest backup that ended before it, and all that came since. Where timelines part, the
 * newest such backup is on one of them only; then the newest that leads to each timeline that was written in the window stays as well.
 */
final class WindowRule implements Rule {
    private final Instant begin;
    private final Optional<Label> leading;

    WindowRule(Duration window, Instant now, Catalogue catalogue, List<Candidate> good) {
        this.begin = now.minus(window);
        List<Candidate> before =
                good.stream().filter(backup -> !backup.stopped().isAfter(begin)).toList();
        Optional<Label> oldest = before.stream().map(Candidate::label).findFirst();
        for (Archive archive : catalogue.archives()) {
            Lineage lineage = new Lineage(archive);
            for (Archive.OfTimeline timeline : archive.timelines()) {
                Optional<Label> leads = isOfWindow(archive, timeline)
                        ? newestLeading(before, archive, lineage, timeline.timeline())
                        : Optional.empty();
                oldest = leads.isPresent() && leads.get().compareTo(oldest.get()) < 0 ? leads : oldest;
            }
        }
        this.leading = oldest;
    }

    private boolean isOfWindow(Archive archive, Archive.OfTimeline timeline) {
        boolean newest =
                archive.current() && timeline.equals(archive.timelines().getLast());
        return newest || timeline.lastArchived().filter(begin::isBefore).isPresent();
    }

    private static Optional<Label> newestLeading(
            List<Candidate> newestFirst, Archive archive, Lineage lineage, int timeline) {
        return newestFirst.stream()
                .filter(backup -> backup.stretch().historyId() == archive.historyId())
                .filter(backup -> lineage.leads(backup, timeline))
                .map(Candidate::label)
                .findFirst();
    }

    @Override
    public Optional<Reason> keeps(Candidate backup) {
        if (backup.stopped().isAfter(begin)) {
            return Optional.of(new Reason.InWindow(begin));
        }
        if (leading.isEmpty()) {
            return Optional.of(new Reason.NothingBeforeWindow(begin));
        }
        return backup.label().compareTo(leading.get()) >= 0
                ? Optional.of(new Reason.LeadsIntoWindow(begin))
                : Optional.empty();
    }

    @Override
    public Optional<Objection> objection(Candidate backup) {
        return leading.map(label -> new Objection.BeforeWindow(begin, label));
    }
}
