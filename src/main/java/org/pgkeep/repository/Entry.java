package org.pgkeep.repository;

import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.FileKind;

/** One line of a manifest. */
public sealed interface Entry {
    /** Where it is, relative to the data directory. */
    PathName path();

    /** Mode, owner, time. */
    Attributes attributes();

    /**
     * A regular file.
     *
     * @param sizeBytes length
     * @param hash of the content, see {@link Blocks}
     * @param groups the hashes of its groups, where they are more than one
     * @param extents cover {@link Blocks#count} of the size exactly
     * @param link where the symbolic link points by which the file was reached; empty for a file in place
     * @param badBlocks numbers of the cluster's pages (not of 8 KiB blocks, where they differ) whose check failed
     */
    record OfFile(
            PathName path,
            Attributes attributes,
            FileKind kind,
            long sizeBytes,
            long hash,
            GroupHashes groups,
            List<Extent> extents,
            List<Long> badBlocks,
            Optional<PathName> link)
            implements Entry {
        public OfFile {
            extents = List.copyOf(extents);
            badBlocks = List.copyOf(badBlocks);
        }
    }

    /** A directory. */
    record OfDirectory(PathName path, Attributes attributes) implements Entry {}

    /**
     * A symbolic link to a directory, whose content follows under the link's own path, or to nothing.
     *
     * @param target what it points to, as bytes
     */
    record OfLink(PathName path, Attributes attributes, PathName target) implements Entry {}
}
