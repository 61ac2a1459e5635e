package org.pgkeep.report;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.repository.Attributes;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PathName;

/**
 * One file, directory or link of a backup.
 *
 * @param kind {@code directory}, {@code link}; of files {@code main}, {@code fsm}, {@code vm}, {@code init} for the forks of
 *     relations, {@code slru}, {@code control}, {@code other}
 * @param sizeBytes 0 for what is no file
 * @param relation of whom it is a part
 * @param link where the symbolic link leads that it is, or by which the file was reached
 * @param storedBlocks of 8 KiB, by the backup whose packs hold them
 * @param zeroBlocks of 8 KiB, which need no place
 * @param damagedPages whose check failed
 */
public record FileLine(
        PathName path,
        Attributes attributes,
        String kind,
        long sizeBytes,
        Optional<Owner> relation,
        Optional<PathName> link,
        SortedMap<Label, Long> storedBlocks,
        long zeroBlocks,
        List<Long> damagedPages) {
    public FileLine {
        storedBlocks = Collections.unmodifiableSortedMap(new TreeMap<>(storedBlocks));
        damagedPages = List.copyOf(damagedPages);
    }

    /**
     * Where a relation lives.
     *
     * @param tablespace its name, or its OID where nobody knows the name
     * @param database its name, or its OID where nobody knows the name; {@code -} for relations that all share
     */
    public record Owner(String tablespace, String database) {}

    /** How many blocks the packs of this backup hold. */
    public long blocksOf(Label backup) {
        return storedBlocks.getOrDefault(backup, 0L);
    }

    /** How many blocks the packs of all backups hold. */
    public long blocks() {
        return storedBlocks.values().stream().mapToLong(Long::longValue).sum();
    }
}
