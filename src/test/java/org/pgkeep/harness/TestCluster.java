package org.pgkeep.harness;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.PostgresBinaries;
import org.pgkeep.demo.RunAs;
import org.pgkeep.demo.Sql;
import org.pgkeep.demo.ThrowawayServer;
import org.pgkeep.postgres.server.ClientEnvironment;
import org.pgkeep.postgres.server.ConnectionRequest;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;

/** A server of a version in a directory of its own, which goes with it; everything in it belongs to the server's user. */
public final class TestCluster implements AutoCloseable {
    private final Path base;
    private final ThrowawayServer server;
    private final List<ThrowawayServer> others = new ArrayList<>();

    private TestCluster(Path base, ThrowawayServer server) {
        this.base = base;
        this.server = server;
    }

    /** A new cluster with default options, not started, so that it can be configured. */
    public static TestCluster create(String major) {
        return create(major, ThrowawayServer.Options.DEFAULT);
    }

    /**
     * A new cluster, not started; its system identifier is that of all others of its kind. Autovacuum is off, so that nothing
     * moves unasked; 9.6 gets the later versions' defaults.
     */
    public static TestCluster create(String major, ThrowawayServer.Options options) {
        RunAs runAs = RunAs.forServers();
        Path base = newBase(runAs, major);
        if (options.tcp()) {
            return configured(base, ThrowawayServer.create(Servers.ofMajor(major), runAs, base, options));
        }
        Path data = base.resolve("data");
        new Template(major, options).copyTo(data);
        return configured(base, ThrowawayServer.on(data, Servers.ofMajor(major), runAs, base.resolve("server.log")));
    }

    /** A new cluster with a system identifier of its own, not started. */
    public static TestCluster stranger(String major) {
        return stranger(Servers.ofMajor(major));
    }

    /** The same with these programs. */
    static TestCluster stranger(PostgresBinaries binaries) {
        RunAs runAs = RunAs.forServers();
        Path base = newBase(runAs, binaries.major().text());
        return configured(base, ThrowawayServer.create(binaries, runAs, base, ThrowawayServer.Options.DEFAULT));
    }

    private static Path newBase(RunAs runAs, String major) {
        return runAs.createDirectory(
                Temporary.root("clusters").resolve(major + "-" + Long.toHexString(System.nanoTime())));
    }

    private static TestCluster configured(Path base, ThrowawayServer server) {
        return new TestCluster(base, server)
                .with("autovacuum", "off")
                .with("wal_level", "replica")
                .with("hot_standby", "on");
    }

    /** A new cluster that runs. */
    public static TestCluster started(String major) {
        return create(major).start();
    }

    /** Starts it. */
    public TestCluster start() {
        server.start();
        return this;
    }

    /** Adds a setting; it takes effect at the next start. */
    public TestCluster with(String name, String value) {
        server.configure(name, value);
        return this;
    }

    /** The server. */
    public ThrowawayServer server() {
        return server;
    }

    /** The data directory. */
    public Path data() {
        return server.dataDirectory();
    }

    /** The directory that holds everything of this cluster. */
    public Path base() {
        return base;
    }

    /** A path beside the data directory; nothing is made. */
    public Path beside(String name) {
        return base.resolve(name);
    }

    /** A new empty directory beside the data directory, of the server's user. */
    public Path directory(String name) {
        return server.runAs().createDirectory(base.resolve(name));
    }

    /** A server on another data directory, such as a restored one; not started, closed with this cluster. */
    public ThrowawayServer serverOn(Path dataDirectory) {
        Path log = base.resolve(dataDirectory.getFileName() + ".log");
        ThrowawayServer other = ThrowawayServer.on(dataDirectory, server.binaries(), server.runAs(), log);
        others.add(other);
        return other;
    }

    /** A connection as superuser to database postgres. */
    public Connection connect() {
        return server.connect("postgres");
    }

    /** Runs statements as superuser in database postgres, each in its own transaction. */
    public void sql(String... statements) {
        Sql.on(server).run(statements);
    }

    /** The first column of the only row, as text. */
    public String query(String sql) {
        return Sql.on(server).value(sql);
    }

    /** What the product needs to connect as a role. */
    public ConnectionSettings settings(String role) {
        ConnectionRequest request = ConnectionRequest.none()
                .withHost(server.socketDirectory().toString())
                .withPort(server.port())
                .withUser(role);
        return ConnectionSettings.resolve(request, ClientEnvironment.ofThisProcess(), Progress.SILENT);
    }

    /** A session of the product as a role. */
    public ServerSession session(String role) {
        return ServerSession.open(settings(role), "test", Progress.SILENT);
    }

    @Override
    public void close() {
        others.forEach(ThrowawayServer::close);
        server.close();
        DirectoryTree.delete(base);
    }
}
