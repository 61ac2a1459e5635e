package org.pgkeep.repository;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * The marks of a cluster's backups ({@code docs/formats/mark.md}). No lease is needed to change one: a change is a compare-and-swap,
 * made again when another was faster. Thread-safe.
 */
public final class BackupMarks {
    /** So many are never faster one after another. */
    private static final int TRIES_MAX = 100;

    private final Storage storage;
    private final BackupNames names;

    BackupMarks(Storage storage, BackupNames names) {
        this.storage = storage;
        this.names = names;
    }

    /**
     * All that there are.
     *
     * @param unreadable those that cannot be read, with the reason ({@code DAMAGED}, {@code TOO_NEW}): what they say must be
     *     taken for the worst
     */
    public record Listing(SortedMap<Label, BackupMark> sound, SortedMap<Label, PgkeepException> unreadable) {
        public Listing {
            sound = Collections.unmodifiableSortedMap(new TreeMap<>(sound));
            unreadable = Collections.unmodifiableSortedMap(new TreeMap<>(unreadable));
        }

        /** What is known of this backup; nothing where nobody marked it, or where the mark cannot be read. */
        public BackupMark of(Label label) {
            BackupMark known = sound.get(label);
            return known != null ? known : BackupMark.none(label);
        }

        /** The backups of this name: one at most, but where two processes gave it on a store without compare-and-swap. */
        public List<Label> named(GivenName name) {
            return sound.values().stream()
                    .filter(mark -> mark.name().equals(Optional.of(name)))
                    .map(BackupMark::label)
                    .toList();
        }
    }

    /** Reads all. */
    public Listing all() {
        BackupScan<BackupMark> scan =
                BackupScan.of(storage.traits(), labels(), label -> read(label).map(Found::mark));
        SortedMap<Label, BackupMark> sound = new TreeMap<>();
        scan.sound().forEach(mark -> sound.put(mark.label(), mark));
        return new Listing(sound, scan.unreadable());
    }

    private List<Label> labels() {
        try (Stream<String> found = storage.names(names.marks())) {
            return found.filter(name -> name.endsWith(".json"))
                    .flatMap(name -> Label.parse(name.substring(0, name.length() - ".json".length())).stream())
                    .sorted()
                    .toList();
        }
    }

    /** What is known of a backup. */
    public BackupMark of(Label label) {
        return read(label).map(Found::mark).orElseGet(() -> BackupMark.none(label));
    }

    /** What the last look at a backup found damaged; empty when it found nothing, or when its mark cannot be read. */
    public Optional<Validation> damage(Label label) {
        try {
            return of(label).validation().filter(Validation::isDamaged);
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** A mark and the version of its object. */
    private record Found(BackupMark mark, String version) {}

    private Optional<Found> read(Label label) {
        ObjectName name = names.mark(label);
        // The version is read before the content: if the content is newer, the compare-and-swap fails, which is safe.
        Optional<ObjectInfo> info = storage.info(name);
        Optional<byte[]> content = info.isEmpty() ? Optional.empty() : SmallObjects.read(storage, name);
        return content.map(
                bytes -> new Found(parse(bytes, label, name), info.get().version()));
    }

    private BackupMark parse(byte[] bytes, Label label, ObjectName name) {
        String location = storage.location(name);
        BackupMark mark;
        try {
            mark = BackupMark.parse(bytes, location);
        } catch (PgkeepException e) {
            throw e.code() == ErrorCode.DAMAGED ? e.withHint(lost(name)) : e;
        }
        if (!mark.label().equals(label)) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED, location + " is the mark of backup " + mark.label(), lost(name));
        }
        return mark;
    }

    private static String lost(ObjectName name) {
        return "The backup counts as pinned. To go on without its name, note, facts and pin: pgkeep repo rm " + name;
    }

    /**
     * Changes what is known of a backup; durable when this returns.
     *
     * @param change what it is to be, of what it is; called again when another process changed it meanwhile
     * @return as it is now
     * @throws PgkeepException {@code CONFLICT} when another backup has the name that this one is given; {@code DAMAGED},
     *     {@code TOO_NEW} when the mark that is there cannot be read
     */
    public BackupMark change(Label label, UnaryOperator<BackupMark> change) {
        for (int attempt = 0; attempt < TRIES_MAX; attempt++) {
            Optional<Found> found = read(label);
            BackupMark before = found.map(Found::mark).orElseGet(() -> BackupMark.none(label));
            BackupMark after = change.apply(before);
            boolean named = after.name().isPresent() && !after.name().equals(before.name());
            if (named) {
                assertUnique(after);
            }
            if (after.equals(before) || write(found.map(Found::version), after)) {
                return named ? proveUnique(after) : after;
            }
        }
        throw new PgkeepException(
                ErrorCode.CONFLICT,
                "many processes change " + storage.location(names.mark(label)) + " at once",
                "Run the command again.");
    }

    private boolean write(Optional<String> version, BackupMark mark) {
        ObjectName name = names.mark(mark.label());
        byte[] content = mark.print();
        return version.map(expected -> storage.replace(name, expected, content))
                .orElseGet(() -> storage.create(name, content));
    }

    /**
     * Proves that no backup has this name.
     *
     * @throws PgkeepException {@code CONFLICT}
     */
    public void assertFree(GivenName name) {
        assertNoOther(name, _ -> true);
    }

    private void assertUnique(BackupMark mark) {
        assertNoOther(mark.name().orElseThrow(), label -> !label.equals(mark.label()));
    }

    private void assertNoOther(GivenName name, Predicate<Label> others) {
        Optional<Label> other = all().named(name).stream().filter(others).findFirst();
        if (other.isPresent()) {
            throw new PgkeepException(
                    ErrorCode.CONFLICT,
                    "backup " + other.get() + " has the name '" + name + "' already",
                    "Take another name, or take this one away from it first: pgkeep annotate " + other.get()
                            + " --name none");
        }
    }

    /**
     * Two processes may give one name to two backups at the same moment. Then whoever wrote last sees the other's, and takes its own
     * back; perhaps both do.
     */
    private BackupMark proveUnique(BackupMark after) {
        try {
            assertUnique(after);
            return after;
        } catch (PgkeepException taken) {
            BackupMark _ = change(
                    after.label(), mark -> mark.name().equals(after.name()) ? mark.withName(Optional.empty()) : mark);
            throw taken;
        }
    }

    /** Removes the mark of a backup that exists no more. */
    void remove(Label label) {
        boolean _ = storage.delete(names.mark(label));
    }

    /**
     * Removes the marks of backups that do not exist: whoever marks a backup while it is deleted leaves one. Under the backup lease,
     * before the new backup has a label.
     */
    void sweep() {
        for (Label label : labels()) {
            if (storage.info(names.backup(label)).isEmpty()) {
                remove(label);
            }
        }
    }
}
