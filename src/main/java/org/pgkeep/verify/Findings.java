package org.pgkeep.verify;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Label;

/** Collects findings from all workers, and says the bad ones at once. A repository in ruins must not fill the memory. */
final class Findings {
    static final int KEPT_MAX = 10_000;

    private final Progress progress;
    private final List<Finding> kept = new ArrayList<>();
    private long errors;
    private long dropped;

    Findings(Progress progress) {
        this.progress = progress;
    }

    void error(String object, Collection<Label> backups, String message, String hint) {
        add(new Finding(Finding.Severity.ERROR, object, List.copyOf(backups), message, Optional.of(hint)));
    }

    void error(String object, Collection<Label> backups, PgkeepException error) {
        add(new Finding(
                Finding.Severity.ERROR,
                object,
                List.copyOf(backups),
                String.valueOf(error.getMessage()),
                error.hint()));
    }

    void warning(String object, Collection<Label> backups, String message, String hint) {
        add(new Finding(Finding.Severity.WARNING, object, List.copyOf(backups), message, Optional.of(hint)));
    }

    void note(String object, Collection<Label> backups, String message) {
        add(new Finding(Finding.Severity.NOTE, object, List.copyOf(backups), message, Optional.empty()));
    }

    private synchronized void add(Finding finding) {
        if (finding.severity() == Finding.Severity.ERROR) {
            errors++;
            progress.warn(finding.message());
        }
        if (kept.size() < KEPT_MAX) {
            kept.add(finding);
        } else {
            dropped++;
        }
    }

    synchronized long errors() {
        return errors;
    }

    synchronized List<Finding> list() {
        List<Finding> all = new ArrayList<>(kept);
        if (dropped > 0) {
            String message = dropped + " more findings are not listed";
            all.add(new Finding(Finding.Severity.NOTE, "", List.of(), message, Optional.empty()));
        }
        return all;
    }
}
