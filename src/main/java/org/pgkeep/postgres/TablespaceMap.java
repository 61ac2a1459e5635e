package org.pgkeep.postgres;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The content of {@code tablespace_map}: where the links in {@code pg_tblspc} point ({@code do_pg_backup_start} and
 * {@code read_tablespace_map}). One line for each: oid, space, path. Newline and carriage return in a path have a backslash
 * before them; so has a backslash itself since 14. Before, a path that ends in a backslash swallows the next line: the links
 * themselves are the better witness.
 *
 * @param locations absolute paths by tablespace oid
 */
public record TablespaceMap(SortedMap<Long, String> locations) {
    /** Relative to the data directory. */
    public static final String PATH = "tablespace_map";

    public TablespaceMap {
        locations = Collections.unmodifiableSortedMap(new TreeMap<>(locations));
    }

    /**
     * Reads what the server returned at the end of a backup, or the file of that name.
     *
     * @throws PgkeepException {@code CLUSTER_DAMAGED} when it is not a tablespace map
     */
    public static TablespaceMap parse(MajorVersion version, String text) {
        SortedMap<Long, String> locations = new TreeMap<>();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && isEscaped(version, text.charAt(i + 1))) {
                line.append(text.charAt(++i));
            } else if (c == '\n' || c == '\r') {
                add(locations, line.toString());
                line.setLength(0);
            } else {
                line.append(c);
            }
        }
        add(locations, line.toString());
        return new TablespaceMap(locations);
    }

    private static boolean isEscaped(MajorVersion version, char c) {
        return c == '\n' || c == '\r' || (c == '\\' && version.escapesBackslashInTablespaceMap());
    }

    private static void add(SortedMap<Long, String> locations, String line) {
        if (line.isEmpty()) {
            return;
        }
        int space = line.indexOf(' ');
        try {
            locations.put(
                    Integer.toUnsignedLong(Integer.parseUnsignedInt(line, 0, Math.max(space, 0), 10)),
                    line.substring(space + 1));
        } catch (NumberFormatException e) {
            throw new PgkeepException(ErrorCode.CLUSTER_DAMAGED, PATH + " is damaged: it has the line '" + line + "'")
                    .causedBy(e);
        }
    }

    /** As a server of this version writes it. */
    public String print(MajorVersion version) {
        StringBuilder text = new StringBuilder();
        locations.forEach((oid, path) ->
                text.append(oid).append(' ').append(escape(version, path)).append('\n'));
        return text.toString();
    }

    private static String escape(MajorVersion version, String path) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            escaped.append(isEscaped(version, path.charAt(i)) ? "\\" : "").append(path.charAt(i));
        }
        return escaped.toString();
    }
}
