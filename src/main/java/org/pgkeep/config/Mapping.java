package org.pgkeep.config;

import java.util.Optional;

/**
 * Something that goes elsewhere, written {@code FROM=TO}. An equals sign within a side is written {@code \=}.
 *
 * @param from what is mapped
 * @param to where it goes
 */
public record Mapping(String from, String to) {
    /** The mapping in this text; empty when a side is missing. */
    static Optional<Mapping> parse(String text) {
        StringBuilder side = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && (text.charAt(i + 1) == '=' || text.charAt(i + 1) == '\\')) {
                side.append(text.charAt(++i));
            } else if (c == '=') {
                String from = side.toString();
                String to = text.substring(i + 1).replace("\\=", "=");
                return from.isEmpty() || to.isEmpty() ? Optional.empty() : Optional.of(new Mapping(from, to));
            } else {
                side.append(c);
            }
        }
        return Optional.empty();
    }
}
