package org.pgkeep.restore;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where what lay outside the data directory goes.
 *
 * @param tablespaces new directories by the tablespace's name, oid or old path; others go to their old path
 * @param allTablespaces directory under which every tablespace not named gets a directory of its name
 * @param links targets of symbolic links, by path relative to the data directory; may make a link of what was none
 * @param allLinks other symbolic links become links to their old targets again, instead of plain files and directories
 */
public record Relocation(
        Map<String, Path> tablespaces, Optional<Path> allTablespaces, Map<String, Path> links, boolean allLinks) {
    /** Tablespaces to their old places, everything else into the data directory. */
    public static final Relocation NONE = new Relocation(Map.of(), Optional.empty(), Map.of(), false);

    public Relocation {
        tablespaces = Map.copyOf(tablespaces);
        links = Map.copyOf(links);
    }
}
