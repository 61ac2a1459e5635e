package org.pgkeep.backup;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PackNumbers;

/**
 * The labels whose packs a new manifest names: its own first, then attempts that it resumes, then those that its base refers to. Counts
 * which packs are really named, for those must stay.
 */
final class References {
    private final List<Label> sources = new ArrayList<>();
    private final List<PackNumbers> packs = new ArrayList<>();

    /** By the base's number of a source: its number here; 0 where nothing of it is named any more. */
    private final int[] renumbered;

    /**
     * Of a full backup.
     *
     * @param attempts whose packs it may name
     */
    References(Label own, List<Label> attempts) {
        this(own, attempts, 0);
    }

    private References(Label own, List<Label> attempts, int ofBase) {
        renumbered = new int[ofBase + 1];
        add(own);
        attempts.forEach(this::add);
    }

    /**
     * Of an incremental backup.
     *
     * @param ofBase the sources of the base's manifest
     */
    References(Label own, List<Label> attempts, BackupRecord base, List<Label> ofBase) {
        this(own, attempts, ofBase.size());
        for (int i = 0; i < ofBase.size(); i++) {
            Label source = ofBase.get(i);
            // What the base itself names no more, nobody will ever name again.
            boolean named = source.equals(base.label())
                    || base.references().stream()
                            .anyMatch(reference -> reference.label().equals(source));
            if (named) {
                if (!sources.contains(source)) {
                    add(source);
                }
                renumbered[i + 1] = sources.indexOf(source) + 1;
            }
        }
    }

    private void add(Label source) {
        sources.add(source);
        packs.add(new PackNumbers());
    }

    /** As the manifest's header lists them. */
    List<Label> sources() {
        return sources;
    }

    /** The source of a pack: of this backup (0), or of the n-th attempt. */
    int stored(int attempt, int pack) {
        packs.get(attempt).add(pack);
        return attempt + 1;
    }

    /** Part of an extent of the base's manifest, as an extent of the new one. */
    Extent kept(Extent ofBase, int skip, int blocks) {
        if (ofBase.isZero()) {
            return Extent.zero(blocks);
        }
        int source = renumbered[ofBase.source()];
        if (source == 0) {
            throw new PgkeepException(
                    ErrorCode.BUG,
                    "the base's manifest names packs of source " + ofBase.source() + ", its record none");
        }
        packs.get(source - 1).add(ofBase.pack());
        return new Extent(blocks, source, ofBase.pack(), ofBase.frame(), ofBase.firstBlock() + skip);
    }

    /** Other backups' packs that were named. */
    List<BackupRecord.Reference> named() {
        List<BackupRecord.Reference> named = new ArrayList<>();
        for (int i = 1; i < sources.size(); i++) {
            if (packs.get(i).count() > 0) {
                named.add(new BackupRecord.Reference(sources.get(i), packs.get(i)));
            }
        }
        return named;
    }
}
