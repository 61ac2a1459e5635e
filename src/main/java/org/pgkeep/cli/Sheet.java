package org.pgkeep.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A title and facts under it, for people: names to the left, values in one column. */
final class Sheet {
    private static final String INDENT = "  ";

    private final String title;
    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    Sheet(String title) {
        this.title = title;
    }

    Sheet fact(String name, String value) {
        names.add(name);
        values.add(value);
        return this;
    }

    /** A fact of several values, one a line; none if there are none. */
    Sheet facts(String name, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            fact(i == 0 ? name : "", lines.get(i));
        }
        return this;
    }

    void print(PrintStream out) {
        int width = names.stream().mapToInt(String::length).max().orElse(0);
        out.println(title);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            out.println(INDENT + name + " ".repeat(width - name.length()) + INDENT + values.get(i));
        }
    }
}
