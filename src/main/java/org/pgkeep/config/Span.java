package org.pgkeep.config;

import java.time.Duration;
import java.util.Optional;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.units.Durations;

/** A duration within limits, with its unit. */
public record Span(Duration min, Duration max) implements OptionType<Duration> {
    @Override
    public Optional<Duration> parse(String text) {
        try {
            Duration span = Durations.parse(text);
            return span.compareTo(min) >= 0 && span.compareTo(max) <= 0 ? Optional.of(span) : Optional.empty();
        } catch (PgkeepException e) {
            return Optional.empty();
        }
    }

    @Override
    public String allowed() {
        return "a duration from " + Durations.print(min) + " to " + Durations.print(max) + ", such as '90s' or '5min'";
    }

    @Override
    public String label() {
        return "TIME";
    }
}
