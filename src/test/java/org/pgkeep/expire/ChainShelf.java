package org.pgkeep.expire;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.Storage;
import org.pgkeep.verify.Verify;

/**
 * A chain on a {@link Shelf}, and what each of its backups must give back.
 *
 * <pre>
 * full ← differential ← first ← second ← third
 *                            ↖ aside
 * </pre>
 */
final class ChainShelf {
    final Shelf shelf;
    final Label full;
    final Label differential;
    final Label first;
    final Label aside;
    final Label second;
    final Label third;
    private final Map<Label, Map<String, byte[]>> expected = new HashMap<>();

    ChainShelf(Shelf shelf) {
        this.shelf = shelf;
        Map<String, byte[]> files = TinyRepository.files(1);
        full = shelf.backup(1);
        expected.put(full, files);
        differential = increment(BackupType.DIFFERENTIAL, full, 1);
        first = increment(BackupType.INCREMENTAL, differential, 2);
        aside = increment(BackupType.INCREMENTAL, first, 3);
        second = increment(BackupType.INCREMENTAL, first, 4);
        third = increment(BackupType.INCREMENTAL, second, 5);
        shelf.push("000000010000000000000003", "000000010000000000000004", "000000010000000000000005");
    }

    private ChainShelf(ChainShelf same, Storage storage) {
        shelf = same.shelf.in(storage);
        full = same.full;
        differential = same.differential;
        first = same.first;
        aside = same.aside;
        second = same.second;
        third = same.third;
        expected.putAll(same.expected);
    }

    /** The same in a copy of its store. */
    ChainShelf in(Storage copy) {
        return new ChainShelf(this, copy);
    }

    private Label increment(BackupType type, Label base, int seed) {
        Map<String, byte[]> files =
                Shelf.changed(Optional.ofNullable(expected.get(base)).orElseThrow(), seed);
        Label label = shelf.increment(type, base, files);
        expected.put(label, files);
        return label;
    }

    List<Label> all() {
        return List.of(full, differential, first, aside, second, third);
    }

    /** The paths of a backup that come back with other bytes than it was taken of. */
    List<String> wrong(Label label) {
        ClusterStore cluster = shelf.cluster();
        Map<String, byte[]> files =
                new TreeMap<>(Optional.ofNullable(expected.get(label)).orElseThrow());
        files.entrySet()
                .removeIf(file -> Arrays.equals(TinyRepository.read(cluster, label, file.getKey()), file.getValue()));
        return List.copyOf(files.keySet());
    }

    /** What verify finds wrong. */
    Verify.Result verify() {
        return new Verify(shelf.repository(shelf.storage), shelf.clock, Progress.SILENT)
                .run(Verify.Request.look(true, true, 1));
    }
}
