package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.Storage;

/**
 * The lengths of the packs under a label that are there, as the store has them.
 *
 * @param bytes from number 1; 0 for a number that no pack has
 */
record PackLengths(Label label, List<Long> bytes) {
    PackLengths {
        bytes = List.copyOf(bytes);
    }

    static PackLengths of(Storage storage, BackupNames names, Label label) {
        List<Long> bytes = new ArrayList<>();
        try (Stream<ObjectInfo> objects = storage.list(names.packs(label))) {
            objects.forEach(object -> BackupNames.packNumber(object.name()).ifPresent(number -> {
                while (bytes.size() < number) {
                    bytes.add(0L);
                }
                bytes.set(number - 1, object.sizeBytes());
            }));
        }
        return new PackLengths(label, bytes);
    }
}
