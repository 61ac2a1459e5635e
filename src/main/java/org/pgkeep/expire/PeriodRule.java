package org.pgkeep.expire;

import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.repository.Label;

/** Keeps the newest backup of each of the last so many periods that have one. */
final class PeriodRule implements Rule {
    private final Period period;
    private final int count;
    private final Map<Label, String> newest = new LinkedHashMap<>();

    PeriodRule(Period period, int count, ZoneId zone, List<Candidate> goodNewestFirst) {
        this.period = period;
        this.count = count;
        String last = "";
        for (Candidate backup : goodNewestFirst) {
            String which = period.of(backup.label().start(), zone);
            if (!which.equals(last) && newest.size() < count) {
                newest.put(backup.label(), which);
            }
            last = which;
        }
    }

    @Override
    public Optional<Reason> keeps(Candidate backup) {
        return Optional.ofNullable(newest.get(backup.label())).map(which -> new Reason.NewestOf(period, which));
    }

    @Override
    public Optional<Objection> objection(Candidate backup) {
        return Optional.of(new Objection.NotNewestOf(period, count));
    }
}
