package org.pgkeep.repository;

import java.util.List;
import java.util.stream.Stream;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/** Removes what backups leave that do not exist. */
final class BackupSweep {
    private BackupSweep() {}

    /** Removes every object of an uncommitted backup: manifest first, then packs. */
    static void remove(Storage storage, BackupNames names, Label label) {
        boolean _ = storage.delete(names.manifest(label));
        List<ObjectName> left;
        try (Stream<ObjectInfo> objects = storage.list(names.folder(label))) {
            left = objects.map(ObjectInfo::name).toList();
        }
        left.forEach(storage::delete);
    }
}
