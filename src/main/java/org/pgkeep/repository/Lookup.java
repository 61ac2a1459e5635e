package org.pgkeep.repository;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.Nearest;
import org.pgkeep.error.PgkeepException;

/** Finds the backup that a person means: by its label, or by the name that somebody gave it. */
final class Lookup {
    private static final int NEAREST_MAX = 3;

    private final ClusterStore cluster;

    Lookup(ClusterStore cluster) {
        this.cluster = cluster;
    }

    /** See {@link ClusterStore#label}. */
    Label label(String text) {
        Optional<Label> label = Label.parse(text);
        if (label.isPresent()) {
            return label.get();
        }
        GivenName name = GivenName.parse(text).orElseThrow(() -> neither(text));
        BackupMarks.Listing marks = cluster.marks().all();
        // A mark without a backup means nothing.
        List<Label> named = marks.named(name).stream().filter(cluster::exists).toList();
        if (named.size() > 1) {
            throw ambiguous(name, named);
        }
        return named.stream().findFirst().orElseThrow(() -> unknown(name, marks));
    }

    private static PgkeepException neither(String text) {
        return new PgkeepException(
                ErrorCode.USAGE,
                "'" + text + "' is neither a backup's label nor a name of one",
                "A label looks like 20261121-203000F, a name is " + GivenName.ALLOWED + "; 'pgkeep info' lists them.");
    }

    /** Two processes gave one name at the same moment, on a store where none saw the other. */
    private PgkeepException ambiguous(GivenName name, List<Label> named) {
        List<String> labels = named.stream().map(Label::value).toList();
        return new PgkeepException(
                ErrorCode.CONFLICT,
                "the name '" + name + "' is ambiguous in cluster '" + cluster.name() + "': the backups "
                        + String.join(" and ", labels) + " have it",
                "Say the label, and take the name from the others: pgkeep annotate --cluster " + cluster.name() + " "
                        + labels.getLast() + " --name none");
    }

    private PgkeepException unknown(GivenName name, BackupMarks.Listing marks) {
        List<String> known = new ArrayList<>();
        marks.sound().values().forEach(mark -> mark.name().ifPresent(other -> known.add(other.value())));
        cluster.labels().forEach(label -> known.add(label.value()));
        String unread = marks.unreadable().isEmpty()
                ? ""
                : "; " + marks.unreadable().size() + " of its marks cannot be read, and it may be in one of them";
        return unknown("no backup of the name '" + name + "'" + unread, name.value(), known);
    }

    /** The error when there is no backup of this label. */
    PgkeepException unknown(Label label) {
        List<String> known = cluster.labels().stream().map(Label::value).toList();
        return unknown("no backup " + label, label.value(), known);
    }

    private PgkeepException unknown(String what, String typed, List<String> known) {
        List<String> near = Nearest.all(typed, known).stream()
                .filter(this::isThere)
                .limit(NEAREST_MAX)
                .toList();
        String list = "'pgkeep info --cluster " + cluster.name() + "' lists its backups.";
        return new PgkeepException(
                ErrorCode.BACKUP_UNKNOWN,
                "cluster '" + cluster.name() + "' has " + what,
                near.isEmpty() ? list : "Did you mean " + String.join(" or ", near) + "? " + list);
    }

    /** What is listed may be an attempt, or the packs of a backup that was deleted. */
    private boolean isThere(String known) {
        return Label.parse(known).map(cluster::exists).orElse(true);
    }
}
