package org.pgkeep.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.progress.Progress;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.memory.MemoryStorage;

/** Runs command lines in this process, with a repository in the heap and without a server. */
final class Runs implements Backends {
    private final Clock clock = Clock.fixed(Instant.parse("2026-11-21T20:30:00Z"), ZoneId.of("Europe/Berlin"));
    private final Map<String, String> environment = new HashMap<>();
    private final Path systemConfig;
    private Storage storage = new MemoryStorage(clock);
    private InstantSource now = clock;
    private String missing = "";

    /** What a run left. */
    record Outcome(int status, String out, String err) {}

    Runs(Path systemConfig) {
        this.systemConfig = systemConfig;
    }

    /** In this repository, by this clock. */
    Runs in(Storage other, InstantSource time) {
        storage = other;
        now = time;
        return this;
    }

    Runs with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Outcome run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Cli cli = new Cli(
                this,
                new Cli.Surroundings(
                        environment,
                        systemConfig,
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, false, StandardCharsets.UTF_8),
                        clock));
        int status = cli.run(arguments);
        return new Outcome(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The repository's. */
    Storage storage() {
        return storage;
    }

    /** Of the repository of this name there is no trace. */
    Runs without(String repository) {
        missing = repository;
        return this;
    }

    @Override
    public Storage storage(Settings settings) {
        if (settings.repository().equals(missing)) {
            throw new PgkeepException(
                    ErrorCode.REPOSITORY_MISSING, "there is no repository at /" + missing, "Mount it.");
        }
        return storage;
    }

    @Override
    public Storage storageOrNew(Settings settings) {
        return storage;
    }

    @Override
    public ConnectionSettings connection(Settings settings, Progress progress) {
        throw new AssertionError("no server here");
    }

    @Override
    public List<ConnectionSettings> connections(Settings settings, Progress progress) {
        throw new AssertionError("no server here");
    }

    @Override
    public InstantSource clock() {
        return now;
    }
}
