package org.pgkeep.report;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestReader;

/** The files of a backup, one after another by path: a stream, however many there are. For one thread. */
public final class FileList implements AutoCloseable {
    private static final String SHARED = "-";

    private final ManifestReader manifest;
    private final FileFilter filter;
    private final Map<Long, String> tablespaces = new HashMap<>();
    private final Map<Long, String> databases = new HashMap<>();

    private FileList(ManifestReader manifest, FileFilter filter) {
        this.manifest = manifest;
        this.filter = filter;
        tablespaces.put(RelationFile.DEFAULT_TABLESPACE, "pg_default");
        tablespaces.put(RelationFile.GLOBAL_TABLESPACE, "pg_global");
        databases.put(0L, SHARED);
        header().tablespaces().forEach(space -> tablespaces.put(space.oid(), space.name()));
        header().databases().forEach(database -> databases.put(database.oid(), database.name()));
    }

    /**
     * Opens the list, once the whole manifest was proved: half of a list would be taken for a whole one.
     *
     * @throws PgkeepException {@code BACKUP_UNKNOWN}; {@code DAMAGED}, {@code TOO_NEW} when record or manifest cannot be read
     */
    public static FileList open(ClusterStore cluster, Label label, FileFilter filter) {
        BackupRecord backup = cluster.backup(label);
        cluster.scrubManifest(backup);
        return new FileList(cluster.manifest(label), filter);
    }

    /** What the backup's manifest says of the whole. */
    public ManifestHeader header() {
        return manifest.header();
    }

    /** The next one that is wanted; empty after the last. */
    public Optional<FileLine> next() {
        Optional<Entry> entry = manifest.next();
        while (entry.isPresent() && !filter.matches(entry.get().path())) {
            entry = manifest.next();
        }
        return entry.map(this::line);
    }

    private FileLine line(Entry entry) {
        return switch (entry) {
            case Entry.OfDirectory directory -> plain(directory, "directory", Optional.empty());
            case Entry.OfLink link -> plain(link, "link", Optional.of(link));
            case Entry.OfFile file -> line(file);
        };
    }

    private static FileLine plain(Entry entry, String kind, Optional<Entry.OfLink> link) {
        return new FileLine(
                entry.path(),
                entry.attributes(),
                kind,
                0,
                Optional.empty(),
                link.map(Entry.OfLink::target),
                new TreeMap<>(),
                0,
                List.of());
    }

    private FileLine line(Entry.OfFile file) {
        SortedMap<Label, Long> stored = new TreeMap<>();
        long zero = 0;
        for (Extent extent : file.extents()) {
            if (extent.isZero()) {
                zero += extent.blocks();
            } else {
                Label source = header().sources().get(extent.source() - 1);
                stored.merge(source, (long) extent.blocks(), Long::sum);
            }
        }
        Optional<RelationFile> relation = RelationFile.parse(file.path().latin1());
        return new FileLine(
                file.path(),
                file.attributes(),
                kind(file.kind(), relation),
                file.sizeBytes(),
                relation.map(this::owner),
                file.link(),
                stored,
                zero,
                file.badBlocks());
    }

    private FileLine.Owner owner(RelationFile relation) {
        long tablespace = relation.tablespace();
        long database = relation.database();
        return new FileLine.Owner(
                tablespaces.getOrDefault(tablespace, Long.toString(tablespace)),
                databases.getOrDefault(database, Long.toString(database)));
    }

    private static String kind(FileKind kind, Optional<RelationFile> relation) {
        return switch (kind) {
            case MAIN_FORK, OTHER_FORK ->
                relation.map(file -> file.fork().name()).orElse("main").toLowerCase(Locale.ROOT);
            case SLRU -> "slru";
            case CONTROL -> "control";
            case OTHER -> "other";
        };
    }

    @Override
    public void close() {
        manifest.close();
    }
}
