package org.pgkeep.repository;

import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Opens a repository's seal. */
final class Unlocking {
    private Unlocking() {}

    /**
     * The seal of a repository, opened.
     *
     * @param bytes of the record, as read
     * @param repository where it is, for messages
     * @throws PgkeepException {@code KEY_MISSING}; {@code KEY_WRONG} when no envelope opens, or there is none although a key is
     *     given; {@code DAMAGED} when the record was altered
     */
    static Sealing sealing(RepositoryRecord record, byte[] bytes, KeySource keys, String repository) {
        if (record.envelopes().isPresent()) {
            return Sealing.with(open(record, bytes, keys, repository).key());
        }
        if (keys.isGiven()) {
            throw new PgkeepException(
                    ErrorCode.KEY_WRONG,
                    "a key is given, but the repository " + repository + " is not sealed",
                    "If it never was, give none: remove the key from the command line, environment and configuration. If it was,"
                            + " somebody has put another repository.json in its place: write nothing into it.");
        }
        return Sealing.NONE;
    }

    static Envelopes.Opened open(RepositoryRecord record, byte[] bytes, KeySource keys, String repository) {
        Envelopes envelopes = record.envelopes().orElseThrow();
        Envelopes.Opened opened = envelopes
                .open(keys.secret(repository, envelopes.list()), record.id())
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.KEY_WRONG,
                        "the key that was given does not open the sealed repository " + repository,
                        "It opens with " + Envelopes.told(envelopes.list())
                                + ". Look which key file or passphrase is used ('pgkeep config' says where it comes from): after 'pgkeep key"
                                + " rotate' it must be the new one. Only if it is certainly right, its envelope in "
                                + RepositoryRecord.NAME + " was altered: put back a copy of that file."));
        if (!RecordMac.holds(bytes, opened.key())) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    RepositoryRecord.NAME + " of the repository " + repository
                            + " was altered by someone who has not its key",
                    "Put back a copy of that file. Find out who can write there.");
        }
        return opened;
    }
}
