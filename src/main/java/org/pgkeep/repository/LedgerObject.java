package org.pgkeep.repository;

import java.util.Optional;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/** Where a cluster's ledger is: of one run of verify, which reads it, works with it, and replaces it. */
public final class LedgerObject {
    private final Storage storage;
    private final ObjectName name;
    private final Optional<ObjectInfo> found;

    LedgerObject(Storage storage, ObjectName name) {
        this.storage = storage;
        this.name = name;
        this.found = storage.info(name);
    }

    /**
     * What it says; nothing where there is none.
     *
     * @throws PgkeepException {@code DAMAGED}, {@code TOO_NEW}
     */
    public Ledger read() {
        return SmallObjects.read(storage, name)
                .map(bytes -> Ledger.parse(bytes, storage.location(name)))
                .orElseGet(Ledger::new);
    }

    /** Replaces it; false when another run was faster, whose ledger stays. */
    public boolean write(Ledger ledger) {
        byte[] content = ledger.print();
        return found.map(before -> storage.replace(name, before.version(), content))
                .orElseGet(() -> storage.create(name, content));
    }

    /** Where it is, for messages. */
    public String location() {
        return storage.location(name);
    }
}
