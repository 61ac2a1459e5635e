package org.pgkeep.restore;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Validation;

/**
 * One backup in other repositories: copies of it ({@code docs/formats/copy.md}), with the same manifest and the same frames under the same
 * numbers. Looked for when the first is needed. Thread-safe.
 */
final class Spares {
    /** Who has more damage than that has read enough. */
    private static final int TOLD_MAX = 20;

    private final BackupRecord backup;
    private final List<Elsewhere> elsewhere;
    private final Progress progress;
    private @Nullable List<Spare> found;
    private final Set<String> told = new HashSet<>();

    Spares(BackupRecord backup, List<Elsewhere> elsewhere, Progress progress) {
        this.backup = backup;
        this.elsewhere = List.copyOf(elsewhere);
        this.progress = progress;
    }

    private record Spare(String repository, ClusterStore cluster) {}

    /** Whether another may give what one cannot: what is stored is damaged, or cannot be read. */
    static boolean isDamage(PgkeepException e) {
        return e.code() == ErrorCode.DAMAGED || e.code() == ErrorCode.STORAGE;
    }

    /**
     * What cannot be had where it was looked for.
     *
     * @param why what is thrown if no copy gives it either
     */
    <T> T instead(PgkeepException why, Function<ClusterStore, T> work) {
        if (!isDamage(why)) {
            throw why;
        }
        for (Spare spare : found()) {
            try {
                T result = work.apply(spare.cluster);
                tell(why, spare);
                return result;
            } catch (PgkeepException e) {
                if (!isDamage(e)) {
                    throw e;
                }
                why.addSuppressed(e);
            }
        }
        throw why;
    }

    /** The repository that has a copy in which nobody has found any damage. */
    Optional<String> soundIn() {
        return found().stream()
                .filter(spare -> spare.cluster
                        .marks()
                        .of(backup.label())
                        .validation()
                        .filter(Validation::isDamaged)
                        .isEmpty())
                .map(Spare::repository)
                .findFirst();
    }

    private synchronized List<Spare> found() {
        List<Spare> known = found;
        if (known == null) {
            known = new ArrayList<>();
            for (Elsewhere each : elsewhere) {
                find(each).ifPresent(known::add);
            }
            found = known;
        }
        return known;
    }

    /** One that is out of reach, or does not have the backup, is none. */
    private Optional<Spare> find(Elsewhere each) {
        try {
            ClusterStore cluster = each.cluster().get();
            return cluster.find(backup.label())
                    .filter(copy -> copy.manifest().equals(backup.manifest()))
                    .map(_ -> new Spare(each.repository(), cluster));
        } catch (PgkeepException e) {
            progress.warn("repository '" + each.repository() + "' cannot be asked for a copy: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Once for each frame, in however many pieces it is needed. */
    private synchronized void tell(PgkeepException why, Spare spare) {
        if (told.size() < TOLD_MAX && told.add(String.valueOf(why.getMessage()))) {
            progress.warn(why.getMessage() + "; repository '" + spare.repository + "' gave it"
                    + (told.size() == TOLD_MAX ? "; there is more, which is not told" : ""));
        }
    }
}
