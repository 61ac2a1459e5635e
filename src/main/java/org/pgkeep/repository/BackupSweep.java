package org.pgkeep.repository;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.Storage;

/**
 * Finds and removes what no backup needs: the objects of backups that were cut off or deleted, but for the packs that later
 * backups name.
 */
final class BackupSweep {
    private final Storage storage;
    private final BackupNames names;
    private final ClusterStore.Listing backups;
    private final Map<Label, PackNumbers> needed = new TreeMap<>();

    /** With all backups that exist. */
    BackupSweep(Storage storage, BackupNames names, ClusterStore.Listing backups) {
        this.storage = storage;
        this.names = names;
        this.backups = backups;
        for (BackupRecord backup : backups.sound()) {
            backup.references()
                    .forEach(reference -> needed.computeIfAbsent(reference.label(), _ -> new PackNumbers())
                            .addAll(reference.packs()));
        }
    }

    /**
     * The objects of a backup that does not exist, without those that another one needs. Only a later backup can name an earlier
     * one's packs; where the record of a later one cannot be read, it may name any, and all packs are needed.
     */
    List<ObjectInfo> unneeded(Label label) {
        boolean unknown = backups.unreadable().keySet().stream().anyMatch(later -> later.compareTo(label) > 0);
        PackNumbers ofOthers = needed.getOrDefault(label, new PackNumbers());
        return objects(label).stream()
                .filter(object -> {
                    Optional<Integer> pack = BackupNames.packNumber(object.name());
                    return pack.isEmpty() || (!unknown && !ofOthers.contains(pack.get()));
                })
                .toList();
    }

    private List<ObjectInfo> objects(Label label) {
        try (Stream<ObjectInfo> objects = storage.list(names.folder(label))) {
            return objects.toList();
        }
    }

    /** Removes the unneeded objects of backups that do not exist, each one's manifest first. */
    void removeUnneeded(List<Label> uncommitted) {
        Map<Label, List<ObjectInfo>> unneeded = new TreeMap<>();
        uncommitted.forEach(label -> unneeded.put(label, unneeded(label)));
        unneeded.forEach((label, objects) -> {
            boolean _ = storage.delete(names.manifest(label));
            objects.forEach(object -> storage.delete(object.name()));
        });
    }
}
