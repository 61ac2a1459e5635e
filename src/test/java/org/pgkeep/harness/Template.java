package org.pgkeep.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.RunAs;
import org.pgkeep.demo.ThrowawayServer;

/**
 * Clusters as {@code initdb} leaves them: made once of each kind, and copied from then on, which takes a tenth of the time. All
 * copies of a kind have one system identifier.
 *
 * @param major their version
 * @param options how they are made
 */
record Template(String major, ThrowawayServer.Options options) {
    private static final Map<Template, Path> MADE = new ConcurrentHashMap<>();
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** Puts a copy there; the parent is the server's user's. */
    void copyTo(Path data) {
        RunAs runAs = RunAs.forServers();
        List<String> copy =
                List.of("cp", "-a", MADE.computeIfAbsent(this, Template::make).toString(), data.toString());
        ProgramRun.of(runAs.command(copy), Path.of("/"), Map.of(), LONGEST).orThrow();
    }

    private static Path make(Template template) {
        RunAs runAs = RunAs.forServers();
        Path base = runAs.createDirectory(
                Temporary.root("templates").resolve(template.major + "-" + Long.toHexString(System.nanoTime())));
        try (ThrowawayServer server =
                ThrowawayServer.create(Servers.ofMajor(template.major), runAs, base, template.options)) {
            return server.dataDirectory();
        }
    }
}
