package org.pgkeep.repository;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
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

    /**
     * Removes the unneeded objects of a backup that does not exist, its manifest first. It must have been seen that it does not exist, and
     * that nobody may claim its packs, before the list of backups was made that this counts with: then whoever came between is on the list.
     *
     * @param lease looked at before each few
     * @param jobs how many at once
     */
    Freed remove(Label label, Lease lease, int jobs) {
        List<ObjectInfo> unneeded = unneeded(label);
        if (unneeded.stream().anyMatch(object -> object.name().equals(names.backup(label)))) {
            // It does exist: a host that mounts the store may remember for a while that there was no record.
            return Freed.NONE;
        }
        Predicate<ObjectInfo> isManifest = object -> object.name().equals(names.manifest(label));
        Freed manifest = Deletion.run(storage, lease, unneeded.stream().filter(isManifest), 1);
        return manifest.plus(Deletion.run(storage, lease, unneeded.stream().filter(isManifest.negate()), jobs));
    }
}
