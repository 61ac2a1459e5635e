package org.pgkeep.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** Collects findings; a step that fails is one, too, so that one problem does not hide the next. */
final class Findings {
    private final List<Finding> findings = new ArrayList<>();

    void add(Finding finding) {
        findings.add(finding);
    }

    /** Does a step. What it gives is described by {@code describe}; an error is a problem, and gives nothing. */
    <T> Optional<T> attempt(String subject, Supplier<T> step, Function<T, String> describe) {
        try {
            T value = step.get();
            add(Finding.ok(subject, describe.apply(value)));
            return Optional.of(value);
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.TERMINATED || e.code() == ErrorCode.BUG) {
                throw e;
            }
            add(new Finding(
                    subject, Finding.Verdict.PROBLEM, String.valueOf(e.getMessage()), e.hint(), Optional.of(e.code())));
            return Optional.empty();
        }
    }

    /** Does a step that gives nothing; whether it went well. */
    boolean attempt(String subject, Runnable step, String description) {
        return attempt(
                        subject,
                        () -> {
                            step.run();
                            return true;
                        },
                        _ -> description)
                .isPresent();
    }

    List<Finding> list() {
        return List.copyOf(findings);
    }
}
