package org.pgkeep.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupMarks;
import org.pgkeep.repository.GivenName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Pin;

/**
 * What is said of a backup from its first moment: its mark ({@code docs/formats/mark.md}) is written right before its commit, so that it
 * is never there without the pin that was asked for. A crash between the two leaves a mark without a backup, which means nothing and which
 * the next backup removes.
 *
 * @param pinnedFor pinned for this long from the end of the backup
 */
public record Remarks(
        Optional<GivenName> name,
        Optional<String> note,
        SortedMap<String, String> annotations,
        Optional<Duration> pinnedFor) {
    /** Nothing. */
    public static final Remarks NONE =
            new Remarks(Optional.empty(), Optional.empty(), new TreeMap<>(), Optional.empty());

    public Remarks {
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    }

    /**
     * Proves that no other backup has the name, before hours are spent.
     *
     * @throws PgkeepException {@code CONFLICT}
     */
    void assertFree(BackupMarks marks) {
        name.ifPresent(marks::assertFree);
    }

    /** Marks the backup that is about to be committed. */
    void write(BackupMarks marks, Label label, Instant now, Progress progress) {
        if (name.isEmpty() && note.isEmpty() && annotations.isEmpty() && pinnedFor.isEmpty()) {
            return;
        }
        BackupMark _ = marks.change(label, mark -> on(mark, now));
        name.ifPresent(wanted -> name(marks, label, wanted, progress));
    }

    private BackupMark on(BackupMark mark, Instant now) {
        return mark.withNote(note)
                .withAnnotations(annotations)
                .withPin(pinnedFor.map(term -> new Pin(Optional.of(now.plus(term)), false)));
    }

    /** Somebody may have taken the name while the backup ran; that is no reason to throw the backup away. */
    private static void name(BackupMarks marks, Label label, GivenName wanted, Progress progress) {
        try {
            BackupMark _ = marks.change(label, mark -> mark.withName(Optional.of(wanted)));
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.CONFLICT) {
                throw e;
            }
            progress.warn("backup " + label + " gets no name: " + e.getMessage());
        }
    }
}
