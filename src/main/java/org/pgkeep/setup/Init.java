package org.pgkeep.setup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgkeep.codec.seal.Secret;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.ServerCommand;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.KeySource;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.Storage;

/** {@code pgkeep init}: makes the repository if needed, registers the cluster, says what the server must be told. May be repeated. */
public final class Init {
    private final Storage storage;
    private final InstantSource clock;
    private final KeySource keys;
    private final Progress progress;

    /**
     * Sets up on this storage, which stays the caller's to close.
     *
     * @param keys open the repository if it is sealed
     */
    public Init(Storage storage, InstantSource clock, KeySource keys, Progress progress) {
        this.storage = storage;
        this.clock = clock;
        this.keys = keys;
        this.progress = progress;
    }

    /**
     * What to set up.
     *
     * @param pgdata the data directory, if it is on this host; a stopped cluster is registered by its {@code pg_control}
     * @param connection how to reach the server
     * @param push the words that start {@code archive-push}: program, options, {@code archive-push}, {@code --cluster}, name
     * @param sealing gives the secret under which a new repository is sealed; empty when it is not to be
     * @param apply whether to set the settings by {@code ALTER SYSTEM}
     */
    public record Request(
            ClusterName cluster,
            Optional<Path> pgdata,
            ConnectionSettings connection,
            List<String> push,
            Optional<Supplier<Secret>> sealing,
            boolean apply) {
        public Request {
            push = List.copyOf(push);
        }
    }

    /**
     * What is set up now.
     *
     * @param repository where it is
     * @param repositoryMade whether it was made just now
     * @param keyId of the data key that it is sealed with; empty when it is not sealed
     * @param clusterRegistered whether the cluster was registered just now
     * @param majorVersion {@code "9.6"}, {@code "17"}
     * @param settings what the server must be told; empty of surprises: those that are right are among them
     * @param applied whether those that were not right have been set
     */
    public record Result(
            String repository,
            boolean repositoryMade,
            Optional<String> keyId,
            ClusterName cluster,
            boolean clusterRegistered,
            long systemIdentifier,
            String majorVersion,
            List<ServerSetting> settings,
            boolean applied) {
        public Result {
            settings = List.copyOf(settings);
        }

        /** Whether the server archives only after a restart. */
        public boolean needsRestart() {
            return settings.stream().anyMatch(setting -> !setting.right() && setting.needsRestart());
        }
    }

    /**
     * Sets up.
     *
     * @throws PgkeepException {@code CLUSTER_MISMATCH} when server, data directory and repository are not of one cluster,
     *     {@code REPOSITORY_FOREIGN} when the storage holds something else, {@code USAGE} when it is to be sealed and is there
     *     unsealed, {@code KEY_MISSING}, {@code KEY_WRONG}, {@code CONNECT}, {@code QUERY}
     */
    public Result run(Request request) {
        String command = ServerCommand.text(request.push(), "%p");
        Optional<ControlFile> control = request.pgdata().map(DataDirectory::control);
        if (control.isPresent() && request.pgdata().map(Init::isStopped).orElse(false)) {
            return offline(request, control.get(), command);
        }
        try (ServerSession session = ServerSession.open(request.connection(), "init", progress)) {
            ServerFacts facts = session.facts();
            control.ifPresent(found -> assertSame(request, found, facts));
            return online(request, session, facts, command);
        }
    }

    private static boolean isStopped(Path pgdata) {
        return !Files.exists(pgdata.resolve("postmaster.pid"));
    }

    private static void assertSame(Request request, ControlFile control, ServerFacts facts) {
        if (control.systemIdentifier() != facts.systemIdentifier()) {
            throw new PgkeepException(
                    ErrorCode.CLUSTER_MISMATCH,
                    DataDirectory.otherCluster(request.pgdata().orElseThrow(), control, facts),
                    "Name the data directory of that server with --pgdata, or its server with --host and --port.");
        }
    }

    private Result offline(Request request, ControlFile control, String command) {
        if (request.apply()) {
            throw new PgkeepException(
                    ErrorCode.CONNECT,
                    "no server runs in " + request.pgdata().orElseThrow() + ", so nothing can be applied",
                    "Start the server first, or run 'pgkeep init' without --apply and put the lines into postgresql.conf.");
        }
        progress.info("no server runs there: the cluster is registered by its " + ControlFile.PATH);
        return register(
                request, control.systemIdentifier(), control.version().text(), ArchiveSettings.unknown(command));
    }

    private Result online(Request request, ServerSession session, ServerFacts facts, String command) {
        List<ServerSetting> settings = ArchiveSettings.of(facts, request.cluster(), command);
        Result result =
                register(request, facts.systemIdentifier(), facts.version().major(), settings);
        if (request.apply()) {
            for (ServerSetting setting : settings) {
                if (!setting.right()) {
                    session.alterSystem(setting.name(), setting.value());
                }
            }
            session.reload();
        }
        return result;
    }

    private Result register(Request request, long systemIdentifier, String majorVersion, List<ServerSetting> settings) {
        boolean made = !Repository.isOn(storage);
        Repository repository = made && request.sealing().isPresent()
                ? Repository.createSealed(
                        storage, clock, request.sealing().get().get(), "")
                : Repository.openOrCreate(storage, clock, keys);
        if (request.sealing().isPresent() && repository.keyId().isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "the repository " + repository.location() + " is there, and not sealed",
                    "Whether a repository is sealed is decided when it is made: make another one, and take a full backup into"
                            + " it.");
        }
        boolean registered = repository.findCluster(request.cluster()).isEmpty();
        repository.register(request.cluster(), systemIdentifier, majorVersion);
        return new Result(
                repository.location(),
                made,
                repository.keyId(),
                request.cluster(),
                registered,
                systemIdentifier,
                majorVersion,
                settings,
                request.apply());
    }
}
