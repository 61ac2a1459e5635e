package org.pgkeep.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

/** {@code pgkeep demo}: the whole story of a backup on a throw-away cluster, by the commands that a user would type. */
public final class Demo {
    private final Progress progress;

    /** A demonstration that reports its long steps here. */
    public Demo(Progress progress) {
        this.progress = progress;
    }

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
     * @param told hears of every step when it is done
     * @throws PgkeepException when a step fails; with the words of the command that failed
     */
    public Result run(Request request, Consumer<DemoStep> told) {
        long start = System.nanoTime();
        Story story = new Story(told, progress);
        try (Stage stage = Stage.set(request)) {
            new Performance(stage, story).play();
        }
        Optional<Path> kept = story.directory().filter(_ -> request.keep());
        return new Result(story.steps(), kept, Duration.ofNanos(System.nanoTime() - start));
    }
}
