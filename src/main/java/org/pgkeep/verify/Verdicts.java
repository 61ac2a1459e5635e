package org.pgkeep.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Validation;

/** What the errors that were found mean for each backup of one cluster. Guarded by who owns it. */
final class Verdicts {
    private final Map<Label, Damage> damaged = new HashMap<>();
    private final Set<Label> open = new HashSet<>();
    private final Map<Label, Instant> oldest = new HashMap<>();

    /** As much as a mark may hold, so that a lost disk does not fill the memory. */
    private static final class Damage {
        private final List<String> sentences = new ArrayList<>();
        private long more;

        void add(String sentence) {
            if (sentences.size() < Validation.DAMAGE_MAX) {
                sentences.add(sentence);
            } else {
                more++;
            }
        }
    }

    /** These lack something. */
    void damaged(Collection<Label> backups, String sentence) {
        backups.forEach(
                label -> damaged.computeIfAbsent(label, _ -> new Damage()).add(sentence));
    }

    /** Something stopped the look at these; a newer pgkeep, or one that can reach the store, may find them sound. */
    void open(Collection<Label> backups) {
        open.addAll(backups);
    }

    /** A part of this one was looked at then. */
    void looked(Label backup, Instant at) {
        Instant before = oldest.get(backup);
        if (before == null || at.isBefore(before)) {
            oldest.put(backup, at);
        }
    }

    /** What this error says of them. */
    void of(Collection<Label> backups, PgkeepException error) {
        switch (error.code()) {
            case DAMAGED, CLUSTER_DAMAGED, CLUSTER_MISMATCH, CONFLICT ->
                damaged(backups, String.valueOf(error.getMessage()));
            default -> open(backups);
        }
    }

    /** What was found of a backup; empty when it cannot be told. It is sound as of the oldest look at any part of it. */
    Optional<Validation> of(Label backup, Instant at, Validation.Depth depth) {
        Damage found = damaged.get(backup);
        if (found != null) {
            return Optional.of(Validation.damaged(at, depth, found.sentences, found.more));
        }
        if (open.contains(backup)) {
            return Optional.empty();
        }
        Instant first = oldest.getOrDefault(backup, at);
        return Optional.of(Validation.sound(first.isBefore(at) ? first : at, depth));
    }
}
