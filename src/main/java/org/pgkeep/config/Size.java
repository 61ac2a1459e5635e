package org.pgkeep.config;

import java.util.Optional;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.units.ByteCount;

/** A number of bytes within limits. */
public record Size(long min, long max) implements OptionType<Long> {
    @Override
    public Optional<Long> parse(String text) {
        try {
            long bytes = ByteCount.parse(text).bytes();
            return bytes >= min && bytes <= max ? Optional.of(bytes) : Optional.empty();
        } catch (PgkeepException e) {
            return Optional.empty();
        }
    }

    @Override
    public String allowed() {
        return "a size from " + new ByteCount(min) + " to " + new ByteCount(max) + ", such as '64MiB'";
    }

    @Override
    public String label() {
        return "SIZE";
    }

    @Override
    public boolean takes(Written written) {
        return written.kind() == Written.Kind.NUMBER || written.kind() == Written.Kind.TEXT;
    }
}
