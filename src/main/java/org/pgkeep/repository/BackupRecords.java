package org.pgkeep.repository;

import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/** Reads the records of a cluster's backups, one or all; who reads many should read them with one of these. Thread-safe. */
final class BackupRecords {
    private final Storage storage;
    private final BackupNames names;
    private final KnownReferences references = new KnownReferences();

    BackupRecords(Storage storage, BackupNames names) {
        this.storage = storage;
        this.names = names;
    }

    /**
     * A backup; empty when there is none of this label.
     *
     * @throws PgkeepException {@code DAMAGED} or {@code TOO_NEW}
     */
    Optional<BackupRecord> find(Label label) {
        ObjectName name = names.backup(label);
        return SmallObjects.read(storage, name).map(bytes -> parse(bytes, label, storage.location(name)));
    }

    private BackupRecord parse(byte[] bytes, Label label, String location) {
        BackupRecord backup = BackupRecordFormat.parse(bytes, location, references);
        if (!backup.label().equals(label)) {
            throw new PgkeepException(ErrorCode.DAMAGED, location + " is the record of backup " + backup.label());
        }
        return backup;
    }
}
