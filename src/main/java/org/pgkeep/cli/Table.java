package org.pgkeep.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns for people: as wide as their widest cell, two spaces apart; numbers to the right. */
final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final boolean[] right;

    /** With these headings; one that begins with {@code >} is a column of numbers. */
    Table(String... headings) {
        right = new boolean[headings.length];
        List<String> first = new ArrayList<>();
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            first.add(right[i] ? headings[i].substring(1) : headings[i]);
        }
        rows.add(first);
    }

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** Whether it has no rows. */
    boolean isEmpty() {
        return rows.size() == 1;
    }

    void print(PrintStream out) {
        int[] widths = new int[right.length];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : GAP).append(right[i] ? padding + row.get(i) : row.get(i) + padding);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
