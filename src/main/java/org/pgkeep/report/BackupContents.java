package org.pgkeep.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestReader;
import org.pgkeep.repository.PathName;

/**
 * What is in a backup, from its manifest.
 *
 * @param serverVersion as in {@code server_version_num}
 * @param blockBytes the cluster's page size
 * @param directories how many there are
 * @param links how many symbolic links there are, those of files among them
 * @param other files that are no relations
 * @param databases by oid
 * @param tablespaces by oid; {@code pg_default} and {@code pg_global} first
 * @param damaged files with pages whose check failed, at most {@value #DAMAGED_MAX}
 * @param damagedFiles how many files have such pages
 * @param options what the backup was told
 */
public record BackupContents(
        int serverVersion,
        int blockBytes,
        long directories,
        long links,
        Amount other,
        List<Database> databases,
        List<Tablespace> tablespaces,
        List<DamagedFile> damaged,
        long damagedFiles,
        SortedMap<String, String> options) {
    /** A cluster with more is beyond what a list helps with. */
    static final int DAMAGED_MAX = 1000;

    private static final long SHARED = 0;

    /** Files and the sum of their lengths. */
    public record Amount(long files, long bytes) {
        static final Amount NONE = new Amount(0, 0);

        Amount plus(Entry.OfFile file) {
            return new Amount(files + 1, bytes + file.sizeBytes());
        }
    }

    /**
     * The relations of a database.
     *
     * @param name empty when the server did not tell: of a cold backup, or one dropped while the backup ran
     */
    public record Database(long oid, Optional<String> name, Amount relations) {}

    /**
     * The relations in a tablespace.
     *
     * @param location empty for one inside the data directory
     */
    public record Tablespace(long oid, String name, Optional<PathName> location, Amount relations) {}

    /** A file and the numbers of its pages whose check failed. */
    public record DamagedFile(PathName path, List<Long> pages) {
        public DamagedFile {
            pages = List.copyOf(pages);
        }
    }

    public BackupContents {
        databases = List.copyOf(databases);
        tablespaces = List.copyOf(tablespaces);
        damaged = List.copyOf(damaged);
    }

    /** Reads a manifest to its end. */
    static BackupContents read(ManifestReader manifest) {
        Count count = new Count();
        for (Optional<Entry> entry = manifest.next(); entry.isPresent(); entry = manifest.next()) {
            count.add(entry.get());
        }
        ManifestHeader header = manifest.header();
        return new BackupContents(
                header.versionNumber(),
                header.blockBytes(),
                count.directories,
                count.links,
                count.other,
                databases(header, count.databases),
                tablespaces(header, count.tablespaces),
                count.damaged,
                count.damagedFiles,
                new TreeMap<>(header.options()));
    }

    private static List<Database> databases(ManifestHeader header, Map<Long, Amount> amounts) {
        SortedMap<Long, Optional<String>> names = new TreeMap<>();
        amounts.keySet().stream().filter(oid -> oid != SHARED).forEach(oid -> names.put(oid, Optional.empty()));
        header.databases().forEach(database -> names.put(database.oid(), Optional.of(database.name())));
        List<Database> databases = new ArrayList<>();
        names.forEach((oid, name) -> databases.add(new Database(oid, name, amounts.getOrDefault(oid, Amount.NONE))));
        return databases;
    }

    private static List<Tablespace> tablespaces(ManifestHeader header, Map<Long, Amount> amounts) {
        SortedMap<Long, Tablespace> tablespaces = new TreeMap<>();
        amounts.forEach((oid, amount) -> tablespaces.put(oid, new Tablespace(oid, "", Optional.empty(), amount)));
        header.tablespaces()
                .forEach(found -> tablespaces.put(
                        found.oid(),
                        new Tablespace(
                                found.oid(),
                                found.name(),
                                found.location(),
                                amounts.getOrDefault(found.oid(), Amount.NONE))));
        tablespaces.computeIfPresent(RelationFile.DEFAULT_TABLESPACE, (_, found) -> named(found, "pg_default"));
        tablespaces.computeIfPresent(RelationFile.GLOBAL_TABLESPACE, (_, found) -> named(found, "pg_global"));
        return List.copyOf(tablespaces.values());
    }

    private static Tablespace named(Tablespace found, String name) {
        return new Tablespace(found.oid, name, found.location, found.relations);
    }

    /** Sums up entries. */
    private static final class Count {
        private long directories;
        private long links;
        private Amount other = Amount.NONE;
        private final SortedMap<Long, Amount> databases = new TreeMap<>();
        private final SortedMap<Long, Amount> tablespaces = new TreeMap<>();
        private final List<DamagedFile> damaged = new ArrayList<>();
        private long damagedFiles;

        void add(Entry entry) {
            switch (entry) {
                case Entry.OfDirectory _ -> directories++;
                case Entry.OfLink _ -> links++;
                case Entry.OfFile file -> add(file);
            }
        }

        private void add(Entry.OfFile file) {
            links += file.link().isPresent() ? 1 : 0;
            Optional<RelationFile> relation = RelationFile.parse(file.path().latin1());
            if (relation.isPresent()) {
                databases.merge(relation.get().database(), Amount.NONE.plus(file), (one, _) -> one.plus(file));
                tablespaces.merge(relation.get().tablespace(), Amount.NONE.plus(file), (one, _) -> one.plus(file));
            } else {
                other = other.plus(file);
            }
            if (!file.badBlocks().isEmpty()) {
                damagedFiles++;
                if (damaged.size() < DAMAGED_MAX) {
                    damaged.add(new DamagedFile(file.path(), file.badBlocks()));
                }
            }
        }
    }
}
