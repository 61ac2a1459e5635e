package org.pgkeep;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.pgkeep.cli.Backends;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.server.ClientEnvironment;
import org.pgkeep.postgres.server.ConnectionRequest;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.progress.Progress;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.posix.PosixOptions;
import org.pgkeep.storage.posix.PosixStorage;

/** Opens what settings name: the one place that knows which driver is behind a repository's type. */
final class Wiring implements Backends {
    private final InstantSource clock;

    /** Held here, because the registry of loggers forgets one that nobody holds, and with it its level. */
    private @Nullable Logger driver;

    Wiring(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Storage storage(Settings settings) {
        Path path = path(settings);
        try {
            return PosixStorage.open(path);
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.PATH_MISSING) {
                throw e;
            }
            throw new PgkeepException(
                            ErrorCode.REPOSITORY_MISSING,
                            "there is no repository at " + path + ": no such directory",
                            "Check the path and that its file system is mounted; 'pgkeep init' makes a repository.")
                    .causedBy(e);
        }
    }

    @Override
    public Storage storageOrNew(Settings settings) {
        return PosixStorage.create(path(settings), PosixOptions.DEFAULT);
    }

    private static Path path(Settings settings) {
        // The only type that the option allows yet is posix.
        Path path = settings.require(Options.REPOSITORY_PATH);
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new PgkeepException(
                    ErrorCode.REPOSITORY_FOREIGN,
                    path + " is no directory, and so no repository",
                    "Give the path of a pgkeep repository, or of an empty directory to 'pgkeep init'.");
        }
        return path;
    }

    @Override
    public ConnectionSettings connection(Settings settings, Progress progress) {
        silenceDriver(settings.get(Options.LOG_LEVEL).equals("debug"));
        return ConnectionSettings.resolve(request(settings), ClientEnvironment.ofThisProcess(), progress);
    }

    @Override
    public List<ConnectionSettings> connections(Settings settings, Progress progress) {
        silenceDriver(settings.get(Options.LOG_LEVEL).equals("debug"));
        ConnectionRequest common = request(settings);
        if (common.host().isEmpty()) {
            return List.of(ConnectionSettings.resolve(common, ClientEnvironment.ofThisProcess(), progress));
        }
        List<ConnectionSettings> servers = new ArrayList<>();
        for (String each : common.host().get().split(",", -1)) {
            // HOST, HOST:PORT, DIRECTORY, DIRECTORY:PORT, [ADDRESS], [ADDRESS]:PORT, ADDRESS with several colons.
            int colon = each.lastIndexOf(':');
            boolean hasPort = colon > 0 && (each.indexOf(':') == colon || each.charAt(colon - 1) == ']');
            ConnectionRequest one = common.withHost(hasPort ? each.substring(0, colon) : each);
            servers.add(ConnectionSettings.resolve(
                    hasPort ? one.withPort(port(each, each.substring(colon + 1))) : one,
                    ClientEnvironment.ofThisProcess(),
                    progress));
        }
        return servers;
    }

    private static int port(String host, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new PgkeepException(ErrorCode.CONFIG, "in host '" + host + "', '" + digits + "' is not a port")
                    .causedBy(e);
        }
    }

    private static ConnectionRequest request(Settings settings) {
        return new ConnectionRequest(
                settings.find(Options.HOST),
                settings.find(Options.PORT),
                settings.find(Options.USER),
                settings.find(Options.DATABASE),
                settings.find(Options.PASSWORD),
                settings.find(Options.PGDATA));
    }

    /** What the driver has to say comes as exceptions; its own log lines would only disturb. */
    private void silenceDriver(boolean debug) {
        if (driver == null) {
            driver = Logger.getLogger("org.postgresql");
        }
        driver.setLevel(debug ? Level.INFO : Level.OFF);
    }

    @Override
    public InstantSource clock() {
        return clock;
    }
}
