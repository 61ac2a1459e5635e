package org.pgkeep.backup;

import java.util.Optional;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestReader;
import org.pgkeep.repository.PathName;

/** The manifest of the base, read side by side with the listing: both are in the order of paths. For one thread. */
final class BaseManifest implements AutoCloseable {
    private final ManifestReader reader;
    private Optional<Entry> next;

    BaseManifest(ClusterStore cluster, Label label) {
        this.reader = cluster.manifest(label);
        this.next = reader.next();
    }

    ManifestHeader header() {
        return reader.header();
    }

    /** The file at this path; paths must be asked for in order. */
    Optional<Entry.OfFile> file(PathName path) {
        while (next.isPresent() && next.get().path().compareTo(path) < 0) {
            next = reader.next();
        }
        return next.filter(entry -> entry.path().equals(path))
                .flatMap(entry -> entry instanceof Entry.OfFile file ? Optional.of(file) : Optional.empty());
    }

    @Override
    public void close() {
        reader.close();
    }
}
