package org.pgkeep.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Validation;

/** Collects findings from all workers, and says the bad ones at once. A repository in ruins must not fill the memory. */
final class Findings {
    static final int KEPT_MAX = 10_000;

    private final Progress progress;
    private final List<Finding> kept = new ArrayList<>();
    private final Verdicts verdicts = new Verdicts();
    private long errors;
    private long dropped;

    Findings(Progress progress) {
        this.progress = progress;
    }

    /** Something that these backups need is damaged or missing. */
    void error(String object, Collection<Label> backups, String message, String hint) {
        verdict(() -> verdicts.damaged(backups, message));
        add(new Finding(Finding.Severity.ERROR, object, List.copyOf(backups), message, Optional.of(hint)));
    }

    /** The same, as this error says. */
    void error(String object, Collection<Label> backups, PgkeepException error) {
        error(object, backups, error, error.hint());
    }

    /** The same, where we know better what helps; only a newer pgkeep helps with what is too new. */
    void error(String object, Collection<Label> backups, PgkeepException error, String hint) {
        error(object, backups, error, error.code() == ErrorCode.TOO_NEW ? error.hint() : Optional.of(hint));
    }

    private void error(String object, Collection<Label> backups, PgkeepException error, Optional<String> hint) {
        verdict(() -> verdicts.of(backups, error));
        add(new Finding(
                Finding.Severity.ERROR, object, List.copyOf(backups), String.valueOf(error.getMessage()), hint));
    }

    /** Something is wrong that touches these backups; whether they are sound cannot be told. */
    void open(String object, Collection<Label> backups, String message, String hint) {
        verdict(() -> verdicts.open(backups));
        add(new Finding(Finding.Severity.ERROR, object, List.copyOf(backups), message, Optional.of(hint)));
    }

    private synchronized void verdict(Runnable noted) {
        noted.run();
    }

    /** Something that a backup needs was looked at then. */
    synchronized void looked(Label backup, Instant at) {
        verdicts.looked(backup, at);
    }

    /** What all this says of a backup; empty when it cannot be told. */
    synchronized Optional<Validation> verdict(Label backup, Instant at, Validation.Depth depth) {
        return verdicts.of(backup, at, depth);
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
