package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.StorageTraits;

/**
 * What a reader made of each backup of a cluster. Ten thousand records do not fit into a short command's memory, but what it wants to
 * know of each does.
 *
 * @param sound what was made of those whose record can be read, oldest first
 * @param unreadable the others with the reason ({@code DAMAGED}, {@code TOO_NEW}): one damaged record must not hide the rest
 * @param without labels under which objects may be but no backup: attempts, and deleted backups of which others use packs
 */
public record BackupScan<T>(List<T> sound, SortedMap<Label, PgkeepException> unreadable, List<Label> without) {
    public BackupScan {
        sound = List.copyOf(sound);
        unreadable = Collections.unmodifiableSortedMap(new TreeMap<>(unreadable));
        without = List.copyOf(without);
    }

    private sealed interface Outcome<T> {
        record Sound<T>(T facts) implements Outcome<T> {}

        record Unreadable<T>(Label label, PgkeepException why) implements Outcome<T> {}

        record Absent<T>(Label label) implements Outcome<T> {}
    }

    /** Reads something of each label, several at once. */
    static <T> BackupScan<T> of(StorageTraits traits, List<Label> labels, Function<Label, Optional<T>> reader) {
        List<T> sound = new ArrayList<>(labels.size());
        SortedMap<Label, PgkeepException> unreadable = new TreeMap<>();
        List<Label> without = new ArrayList<>();
        for (Outcome<T> outcome : ParallelReads.all(traits, labels, label -> read(label, reader))) {
            switch (outcome) {
                case Outcome.Sound<T>(T found) -> sound.add(found);
                case Outcome.Unreadable<T>(Label label, PgkeepException why) -> unreadable.put(label, why);
                case Outcome.Absent<T>(Label label) -> without.add(label);
            }
        }
        return new BackupScan<>(sound, unreadable, without);
    }

    private static <T> Outcome<T> read(Label label, Function<Label, Optional<T>> reader) {
        try {
            return reader.apply(label).<Outcome<T>>map(Outcome.Sound::new).orElseGet(() -> new Outcome.Absent<>(label));
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            return new Outcome.Unreadable<>(label, e);
        }
    }
}
