package org.pgkeep.config;

import java.util.Optional;

/** How many workers; {@code auto} is one for each processor. */
public record Workers(int max) implements OptionType<Integer> {
    @Override
    public Optional<Integer> parse(String text) {
        int processors = Math.min(max, Runtime.getRuntime().availableProcessors());
        return text.equals("auto") ? Optional.of(processors) : new OptionType.Whole(1, max).parse(text);
    }

    @Override
    public String allowed() {
        return "an integer from 1 to " + max + ", or 'auto' for one per processor";
    }

    @Override
    public String label() {
        return "N";
    }

    @Override
    public boolean takes(Written written) {
        return written.kind() == Written.Kind.NUMBER || written.kind() == Written.Kind.TEXT;
    }
}
