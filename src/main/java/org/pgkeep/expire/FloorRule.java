package org.pgkeep.expire;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pgkeep.repository.Label;

/** Keeps the newest so many. */
final class FloorRule implements Rule {
    private final int count;
    private final Set<Label> newest;

    FloorRule(int count, List<Candidate> goodNewestFirst) {
        this.count = count;
        this.newest =
                goodNewestFirst.stream().limit(count).map(Candidate::label).collect(Collectors.toSet());
    }

    @Override
    public Optional<Reason> keeps(Candidate backup) {
        return newest.contains(backup.label()) ? Optional.of(new Reason.Floor(count)) : Optional.empty();
    }

    @Override
    public Optional<Objection> objection(Candidate backup) {
        return Optional.empty();
    }
}
