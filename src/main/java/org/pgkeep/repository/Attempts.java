package org.pgkeep.repository;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * The records of a cluster's attempts. Every change is a compare-and-swap of the record: a process that slept through the end of its
 * lease finds what its successor did with its packs, and its successor what it did.
 */
final class Attempts {
    private final Storage storage;
    private final BackupNames names;

    Attempts(Storage storage, BackupNames names) {
        this.storage = storage;
        this.names = names;
    }

    /** All that can be read, oldest first. One that is damaged only told who worked on what. */
    List<Attempt> all() {
        List<Attempt> attempts = new ArrayList<>();
        for (ObjectName name : objects()) {
            read(name).ifPresent(attempts::add);
        }
        return attempts;
    }

    /** Of which backups there is an attempt, readable or not. */
    Set<Label> labels() {
        try (Stream<String> found = storage.names(names.attempts())) {
            return found.flatMap(name -> Label.parse(name.replace(".json", "")).stream())
                    .collect(Collectors.toSet());
        }
    }

    private List<ObjectName> objects() {
        try (Stream<String> children = storage.children(names.attempts())) {
            return children.map(child -> ObjectName.of(names.attempts(), child)).toList();
        }
    }

    /** The attempt at a backup; empty when there is none, or its record is damaged. */
    Optional<Attempt> find(Label label) {
        return read(names.attempt(label));
    }

    private Optional<Attempt> read(ObjectName name) {
        try {
            return SmallObjects.read(storage, name).map(bytes -> Attempt.parse(bytes, storage.location(name)));
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.DAMAGED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Writes down that a backup begins, before its first pack. */
    void begin(Attempt attempt) {
        if (!storage.create(names.attempt(attempt.label()), attempt.print())) {
            throw new PgkeepException(
                    ErrorCode.CONFLICT,
                    "an attempt at backup " + attempt.label() + " is already there",
                    "Run the command again.");
        }
    }

    /**
     * Says that its owner lives.
     *
     * @throws PgkeepException {@code LEASE_LOST} when another took it
     */
    void beat(Label label, Owner owner, Instant now, Attempt.Copied copied) {
        if (!changeOwn(label, owner, attempt -> attempt.at(now, copied))) {
            throw lost(label);
        }
    }

    /** Leaves the packs to the next backup. */
    boolean leave(Label label, Owner owner) {
        return changeOwn(label, owner, attempt -> attempt.in(Attempt.State.LEFT, owner));
    }

    /** Begins to remove the packs that this owner wrote itself; false when another took them. */
    boolean giveUp(Label label, Owner owner) {
        return changeOwn(label, owner, attempt -> attempt.in(Attempt.State.CONDEMNED, owner));
    }

    /** Whether it is this owner's, who still writes it. */
    boolean isOwn(Label label, Owner owner) {
        return find(label).filter(attempt -> isOwn(attempt, owner)).isPresent();
    }

    private static boolean isOwn(Attempt attempt, Owner owner) {
        return attempt.state() == Attempt.State.RUNNING && attempt.owner().id().equals(owner.id());
    }

    private boolean changeOwn(Label label, Owner owner, Function<Attempt, Attempt> change) {
        return change(
                label,
                attempt -> Optional.of(attempt)
                        .filter(found -> isOwn(found, owner))
                        .map(change));
    }

    /** Takes the packs of one that was cut off, to refer to them; false when they are being removed. */
    boolean claim(Label label, Owner owner) {
        return change(
                label,
                attempt -> Optional.of(attempt)
                        .filter(found -> found.state() != Attempt.State.CONDEMNED)
                        .map(found -> found.in(Attempt.State.CLAIMED, owner)));
    }

    /**
     * Takes the right to remove the packs of one that was cut off, or that this owner claimed; false when another claimed them
     * meanwhile.
     *
     * @param seen as it was when this was decided
     */
    boolean condemn(Attempt seen, Owner owner) {
        return change(
                seen.label(),
                attempt -> Optional.of(attempt)
                        .filter(seen::equals)
                        .map(found -> found.in(Attempt.State.CONDEMNED, owner)));
    }

    private boolean change(Label label, Function<Attempt, Optional<Attempt>> change) {
        ObjectName name = names.attempt(label);
        // The version is read before the content: if the content is newer, the compare-and-swap fails, which is safe.
        Optional<String> version = storage.info(name).map(ObjectInfo::version);
        Optional<Attempt> next = find(label).flatMap(change);
        return version.isPresent()
                && next.isPresent()
                && storage.replace(name, version.get(), next.get().print());
    }

    /** Removes the record. */
    void remove(Label label) {
        boolean _ = storage.delete(names.attempt(label));
    }

    static PgkeepException lost(Label label) {
        return new PgkeepException(
                ErrorCode.LEASE_LOST,
                "the attempt at backup " + label + " was lost: another process took it over",
                "Nothing was committed. Run the command again; if it happens often, look for a host that sleeps or a clock that jumps.");
    }
}
