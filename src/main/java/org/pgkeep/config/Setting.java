package org.pgkeep.config;

import java.util.Optional;

/**
 * An option's value in force.
 *
 * @param option the option
 * @param text the value as written, lists joined by commas; masked if it is a secret; empty if it has none
 * @param origin where it came from
 */
public record Setting(Option<?> option, Optional<String> text, Origin origin) {
    /** What stands for a secret. */
    public static final String MASK = "********";
}
