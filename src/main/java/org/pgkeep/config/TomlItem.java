package org.pgkeep.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a key of a TOML document has, whoever read it. */
sealed interface TomlItem {
    /** Where it stands first, from 1. */
    int line();

    /** A value. */
    record Value(Written written, int line) implements TomlItem {}

    /**
     * A table.
     *
     * @param items by key, in the order in which they stand in the document
     */
    record Table(Map<String, TomlItem> items, int line) implements TomlItem {
        /** An empty one, to be filled. */
        static Table begun(int line) {
            return new Table(new LinkedHashMap<>(), line);
        }

        @Override
        public String toString() {
            return "a table";
        }
    }
}
