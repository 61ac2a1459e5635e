package org.pgkeep.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

/** WAL in several repositories: each is to hold all of it, and any may give it back. */
public final class Copies {
    private final Progress progress;

    /** Tells this what failed where something else did not. */
    public Copies(Progress progress) {
        this.progress = progress;
    }

    /**
     * One repository.
     *
     * @param repository its name
     * @param work opens it, and pushes there or gets from there
     */
    public record Place<T>(String repository, Supplier<T> work) {}

    /**
     * What came of a push to each of them.
     *
     * @param done what those did that took the file, in their order
     * @param failure why it is not everywhere
     */
    record Pushed(List<ArchivePush.Result> done, Optional<PgkeepException> failure) {
        Pushed {
            done = List.copyOf(done);
        }

        /** What was done. */
        List<ArchivePush.Result> everywhere() {
            if (failure.isPresent()) {
                throw failure.get();
            }
            return done;
        }
    }

    /** What came of one. */
    private record Failure(String repository, PgkeepException error) {
        @Override
        public String toString() {
            return "repository '" + repository + "': " + error.getMessage();
        }
    }

    /**
     * Pushes to each of them: one that fails keeps the others from nothing.
     *
     * @return what was done, in this order
     * @throws PgkeepException the first failure, after all were tried: PostgreSQL keeps the file and offers it again, and where it is
     *     already that costs little
     */
    public List<ArchivePush.Result> push(List<Place<ArchivePush.Result>> places) {
        return pushToEach(places).everywhere();
    }

    /** The same, for whom it matters that some have it although others failed. */
    Pushed pushToEach(List<Place<ArchivePush.Result>> places) {
        List<ArchivePush.Result> done = new ArrayList<>();
        List<String> holding = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        for (Place<ArchivePush.Result> place : places) {
            attempt(place, failures).ifPresent(result -> {
                done.add(result);
                holding.add("'" + place.repository() + "'");
            });
        }
        if (failures.isEmpty()) {
            return new Pushed(done, Optional.empty());
        }
        if (places.size() == 1) {
            return new Pushed(done, Optional.of(failures.getFirst().error));
        }
        PgkeepException failure = failed(
                failures,
                holding.isEmpty() ? "" : "; " + String.join(" and ", holding) + " took it",
                "PostgreSQL keeps the file until all repositories have it. To archive without that one, take its section out of"
                        + " the configuration, or name the right one for the cluster: repo = \"NAME\".");
        return new Pushed(done, Optional.of(failure));
    }

    /**
     * Asks one after another, until one has the file.
     *
     * @throws PgkeepException the first failure, when none has it: one that could not be asked may have it, and PostgreSQL would take
     *     "missing" for the end of the archive
     */
    public ArchiveGet.Result get(List<Place<ArchiveGet.Result>> places) {
        List<Failure> failures = new ArrayList<>();
        Optional<ArchiveGet.Result> missing = Optional.empty();
        for (Place<ArchiveGet.Result> place : places) {
            Optional<ArchiveGet.Result> result = attempt(place, failures);
            if (result.isPresent() && result.get() instanceof ArchiveGet.Result.Fetched) {
                failures.forEach(
                        failure -> progress.warn(failure + "; repository '" + place.repository() + "' gave the file"));
                return result.get();
            }
            missing = missing.or(() -> result);
        }
        if (!failures.isEmpty() || missing.isEmpty()) {
            throw failed(
                    failures,
                    missing.isPresent() ? "; the others do not have the file" : "",
                    "It may hold the file. To recover without it, ask only another one: --repo NAME in restore_command.");
        }
        return missing.get();
    }

    private static <T> Optional<T> attempt(Place<T> place, List<Failure> failures) {
        try {
            return Optional.of(place.work().get());
        } catch (PgkeepException e) {
            failures.add(new Failure(place.repository(), e));
            return Optional.empty();
        } catch (RuntimeException e) {
            PgkeepException bug = new PgkeepException(ErrorCode.BUG, "unexpected " + e).causedBy(e);
            failures.add(new Failure(place.repository(), bug));
            return Optional.empty();
        }
    }

    private PgkeepException failed(List<Failure> failures, String others, String hint) {
        Failure first = failures.getFirst();
        failures.stream().skip(1).forEach(failure -> progress.warn(failure.toString()));
        return new PgkeepException(
                        first.error.code(),
                        first + others,
                        first.error.hint().map(own -> own + " ").orElse("") + hint)
                .causedBy(first.error);
    }
}
