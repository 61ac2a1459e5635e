package org.pgkeep.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Times the steps, tells them while they happen, and remembers them. */
final class Story {
    private static final String PLAIN = "[A-Za-z0-9_@%+=:,./-]+";

    private final Audience audience;
    private final List<DemoStep> steps = new ArrayList<>();

    Story(Audience audience) {
        this.audience = audience;
    }

    /** A step that runs. */
    final class Scene {
        private final List<String> commands = new ArrayList<>();
        private final List<String> findings = new ArrayList<>();

        /** A command that is run, word by word. */
        void command(List<String> command) {
            command(command.stream().map(Story::quoted).collect(Collectors.joining(" ")));
        }

        /** A command that is run, as one would type it. */
        void command(String command) {
            commands.add(command);
            audience.command(command);
        }

        /** A line of what came of it. */
        void finding(String line) {
            findings.add(line);
            audience.finding(line);
        }
    }

    private static String quoted(String word) {
        return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Runs a step. */
    void tell(String title, Consumer<Scene> action) {
        make(title, scene -> {
            action.accept(scene);
            return scene;
        });
    }

    /** Runs a step that makes something. */
    <T> T make(String title, Function<Scene, T> action) {
        int number = steps.size() + 1;
        audience.begins(number, title);
        Scene scene = new Scene();
        long start = System.nanoTime();
        T made = action.apply(scene);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        steps.add(new DemoStep(number, title, scene.commands, scene.findings, took));
        audience.ends(took);
        return made;
    }

    List<DemoStep> steps() {
        return steps;
    }
}
