package org.pgkeep.config;

import java.util.List;

/**
 * A value as someone wrote it, before it is checked.
 *
 * @param kind how it was written; always {@link Kind#TEXT} outside files
 * @param texts its text, or the texts of a list's elements
 */
record Written(Kind kind, List<String> texts) {
    enum Kind {
        TEXT("the string"),
        NUMBER("the number"),
        TRUTH("the boolean"),
        LIST("the list"),
        OTHER("the value");

        private final String noun;

        Kind(String noun) {
            this.noun = noun;
        }
    }

    Written {
        texts = List.copyOf(texts);
    }

    static Written text(String text) {
        return new Written(Kind.TEXT, List.of(text));
    }

    /** What was found, for an error message. */
    String found() {
        String quote = kind == Kind.TEXT ? "'" : "";
        String all = kind == Kind.LIST ? texts.toString() : texts.getFirst();
        return kind.noun + " " + quote + all + quote;
    }
}
