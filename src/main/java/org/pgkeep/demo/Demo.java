package org.pgkeep.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.PgkeepException;

/** {@code pgkeep demo}: the whole story of a backup on a throw-away cluster, by the commands that a user would type. */
public final class Demo {
    private Demo() {}

    /**
     * What to show.
     *
     * @param home the installed program: the tree that holds {@code bin/pgkeep}
     * @param temporary where the demonstration's directory goes; about 1.5 GB are needed
     * @param keep whether that directory stays
     * @param environment environment variables: {@code PGKEEP_POSTGRES_BIN}, {@code PATH}
     */
    public record Request(Path home, Path temporary, boolean keep, Map<String, String> environment) {
        public Request {
            environment = Map.copyOf(environment);
        }
    }

    /**
     * What happened.
     *
     * @param steps every step
     * @param kept the demonstration's directory, if it was to be kept
     * @param took from start to end
     */
    public record Result(List<DemoStep> steps, Optional<Path> kept, Duration took) {
        public Result {
            steps = List.copyOf(steps);
        }
    }

    /**
     * Shows it. Whatever happens, servers are stopped and, unless they are to be kept, files deleted.
     *
     * @throws PgkeepException when a step fails; with the words of the command that failed
     */
    public static Result show(Request request, Audience audience) {
        long start = System.nanoTime();
        Story story = new Story(audience);
        try (Stage stage = Stage.set(request)) {
            new Performance(stage, story).play();
            Optional<Path> kept = request.keep() ? Optional.of(stage.directory()) : Optional.empty();
            return new Result(story.steps(), kept, Duration.ofNanos(System.nanoTime() - start));
        }
    }
}
