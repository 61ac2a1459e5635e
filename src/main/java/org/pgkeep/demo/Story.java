package org.pgkeep.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pgkeep.progress.Progress;

/** Times the steps and tells them, one by one. */
final class Story {
    private static final String PLAIN = "[A-Za-z0-9_@%+=:,./-]+";

    private final Consumer<DemoStep> told;
    private final Progress progress;
    private final List<DemoStep> steps = new ArrayList<>();
    private @Nullable Path directory;

    Story(Consumer<DemoStep> told, Progress progress) {
        this.told = told;
        this.progress = progress;
    }

    /** What a step notes down while it runs. */
    static final class Scene {
        private final List<String> commands = new ArrayList<>();
        private final List<String> findings = new ArrayList<>();

        /** A command that is run. */
        void command(List<String> command) {
            commands.add(command.stream().map(Scene::quoted).collect(Collectors.joining(" ")));
        }

        /** A command that is run, or a statement, as one would type it. */
        void command(String command) {
            commands.add(command);
        }

        /** A line of what came of it. */
        void finding(String line) {
            findings.add(line);
        }

        private static String quoted(String word) {
            return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
        }
    }

    /** Runs a step and tells it when it is done. */
    void tell(String title, Consumer<Scene> action) {
        make(title, scene -> {
            action.accept(scene);
            return scene;
        });
    }

    /** Runs a step that makes something, and tells it when it is done. */
    <T> T make(String title, Function<Scene, T> action) {
        Scene scene = new Scene();
        long start = System.nanoTime();
        T made;
        try (Progress.Step step = progress.step(title, 0)) {
            step.note("under way");
            made = action.apply(scene);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        DemoStep done = new DemoStep(steps.size() + 1, title, scene.commands, scene.findings, took);
        steps.add(done);
        told.accept(done);
        return made;
    }

    /** Remembers where it all happens. */
    void playsIn(Path place) {
        directory = place;
    }

    Optional<Path> directory() {
        return Optional.ofNullable(directory);
    }

    List<DemoStep> steps() {
        return steps;
    }
}
