package org.pgkeep.repository;

import java.util.Optional;
import org.pgkeep.codec.seal.Chance;
import org.pgkeep.codec.seal.DataKey;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.SealedStorage;

/**
 * Whether a repository is sealed, and with which key: all that the rest of this room needs to know of it, because what it reads and
 * writes is sealed below it.
 */
final class Sealing {
    /** Of a repository that is not sealed. */
    static final Sealing NONE = new Sealing(Optional.empty());

    private final Optional<DataKey> key;

    private Sealing(Optional<DataKey> key) {
        this.key = key;
    }

    static Sealing with(DataKey key) {
        return new Sealing(Optional.of(key));
    }

    /** Where everything is read and written from now on. */
    Storage over(Storage storage, Chance chance) {
        return key.<Storage>map(dataKey -> new SealedStorage(storage, dataKey, RepositoryRecord.NAME, chance))
                .orElse(storage);
    }

    /**
     * What stands in the name of a WAL object for its content's hash: a known content must not be found by it.
     *
     * @param name the object's, up to there
     */
    String walHash(String name, String hash) {
        return key.map(dataKey -> dataKey.walHash(name, hash)).orElse(hash);
    }

    /** Which data key, as everybody may know; empty when it is not sealed. */
    Optional<String> keyId() {
        return key.map(DataKey::idText);
    }
}
