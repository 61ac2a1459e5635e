package org.pgkeep.repository;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgkeep.codec.seal.Chance;
import org.pgkeep.codec.seal.DataKey;
import org.pgkeep.codec.seal.Envelope;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.Storage;

/**
 * The envelopes of a sealed repository: who can open it. Each change replaces {@code repository.json} at once, by compare-and-swap, and
 * touches one envelope; the one that opened the repository always stays, or is replaced by one that was opened in memory first.
 */
public final class KeyRing {
    private final Storage storage;
    private final InstantSource clock;
    private final KeySource keys;
    private final Chance chance = Chance.ofTheSystem();

    /** Of the repository on this storage, which stays the caller's to close. */
    public KeyRing(Storage storage, InstantSource clock, KeySource keys) {
        this.storage = storage;
        this.clock = clock;
        this.keys = keys;
    }

    /**
     * What everybody may know.
     *
     * @param keyId of the data key
     * @param generation one more with every change
     */
    public record Listing(String repository, String keyId, long generation, List<Envelope> envelopes) {
        public Listing {
            envelopes = List.copyOf(envelopes);
        }
    }

    /** A record as it was read. */
    private static final class Found {
        private final RepositoryRecord record;
        private final byte[] bytes;
        private final String version;

        Found(RepositoryRecord record, byte[] bytes, String version) {
            this.record = record;
            this.bytes = bytes;
            this.version = version;
        }

        Envelopes envelopes() {
            return record.envelopes().orElseThrow();
        }
    }

    /**
     * The envelopes; needs no key, and proves nothing.
     *
     * @throws PgkeepException {@code KEY_WRONG} when the repository is not sealed; {@code REPOSITORY_MISSING}
     */
    public Listing list() {
        Envelopes envelopes = read().envelopes();
        return new Listing(Repository.locationOf(storage), envelopes.keyId(), envelopes.generation(), envelopes.list());
    }

    /**
     * Adds an envelope.
     *
     * @param fresh asked once the repository is open
     * @param name what people call it; may be empty
     * @throws PgkeepException {@code USAGE} when there are too many; {@code CONFLICT} when another process changes them
     */
    public Envelope add(Supplier<Secret> fresh, String name) {
        Found found = read();
        Envelopes.Opened opened = open(found);
        Envelopes before = found.envelopes();
        if (before.list().size() == Envelopes.MAX) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "the repository has " + Envelopes.MAX + " envelopes already",
                    "Remove one that nobody uses: 'pgkeep key remove ID'.");
        }
        Envelope added = seal(opened.key(), fresh.get(), found, before.nextId(), name);
        List<Envelope> all = new ArrayList<>(before.list());
        all.add(added);
        write(found, before.with(all), opened.key());
        return added;
    }

    /** Replaces the envelope that opened the repository by one under another secret; id and name stay. */
    public Envelope rotate(Supplier<Secret> fresh) {
        Found found = read();
        Envelopes.Opened opened = open(found);
        Envelope old = opened.by();
        Envelope rotated = seal(opened.key(), fresh.get(), found, old.id(), old.name());
        List<Envelope> all = new ArrayList<>(found.envelopes().list());
        all.replaceAll(envelope -> envelope.id() == old.id() ? rotated : envelope);
        write(found, found.envelopes().with(all), opened.key());
        return rotated;
    }

    /**
     * Removes an envelope.
     *
     * @param dryRun only say which it would be
     * @throws PgkeepException {@code USAGE} when there is none of this id, or it is the one that opened the repository
     */
    public Envelope remove(int id, boolean dryRun) {
        Found found = read();
        Envelopes.Opened opened = open(found);
        Envelope gone = found.envelopes().list().stream()
                .filter(envelope -> envelope.id() == id)
                .findFirst()
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.USAGE, "there is no envelope " + id, "'pgkeep key list' lists them."));
        if (opened.by().id() == id) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "envelope " + id
                            + " is the one that opened the repository: nothing would prove that another one does",
                    "Open it with the secret of another envelope, or replace this one's: 'pgkeep key rotate'.");
        }
        List<Envelope> rest = found.envelopes().list().stream()
                .filter(envelope -> envelope.id() != id)
                .toList();
        if (!dryRun) {
            write(found, found.envelopes().with(rest), opened.key());
        }
        return gone;
    }

    private Found read() {
        // The version is read before the content: if the content is newer, the compare-and-swap fails, which is safe.
        Optional<String> version = storage.info(RepositoryRecord.NAME).map(ObjectInfo::version);
        byte[] bytes = SmallObjects.read(storage, RepositoryRecord.NAME).orElseThrow(() -> Repository.absent(storage));
        RepositoryRecord record = RepositoryRecord.parse(bytes, storage.location(RepositoryRecord.NAME));
        if (record.envelopes().isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.KEY_WRONG,
                    "the repository " + Repository.locationOf(storage) + " is not sealed: it has no keys",
                    "Whether a repository is sealed is decided when it is made: 'pgkeep init --encrypt'.");
        }
        return new Found(record, bytes, version.orElse(""));
    }

    private Envelopes.Opened open(Found found) {
        return Unlocking.open(found.record, found.bytes, keys, Repository.locationOf(storage));
    }

    /** What is checked before a write: that it opens. */
    private Envelope seal(DataKey key, Secret secret, Found found, int id, String name) {
        String repository = found.record.id();
        Envelope envelope = Envelope.seal(key, secret, repository, id, name, clock.instant(), chance);
        boolean opens = envelope.open(secret, repository)
                .map(opened -> opened.idText().equals(key.idText()))
                .orElse(false);
        if (!opens) {
            throw new PgkeepException(ErrorCode.BUG, "a new envelope does not open");
        }
        return envelope;
    }

    private void write(Found found, Envelopes envelopes, DataKey key) {
        RepositoryRecord record =
                new RepositoryRecord(found.record.id(), found.record.created(), Optional.of(envelopes));
        if (!storage.replace(RepositoryRecord.NAME, found.version, record.print(key))) {
            throw new PgkeepException(
                    ErrorCode.CONFLICT,
                    "another process has just changed the envelopes of the repository "
                            + Repository.locationOf(storage),
                    "Look at them with 'pgkeep key list', then run the command again.");
        }
    }
}
