package org.pgkeep.restore;

import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.PathName;

/**
 * A directory to make.
 *
 * @param path in the backup
 * @param location in the data directory; it and everything below is written through the link, if there is one
 * @param link the symbolic link that {@code location} becomes
 */
record Directory(PathName path, Attributes attributes, Path location, Optional<Link> link) {
    /**
     * A symbolic link.
     *
     * @param text what it points to, as it is written into the link
     * @param destination the directory that is meant
     * @param ofTablespace whether the directory belongs to a tablespace
     */
    record Link(Path text, Path destination, boolean ofTablespace) {}
}
