package org.pgkeep.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.repository.ClusterName;

/** What a server must be told so that its WAL reaches the repository. */
final class ArchiveSettings {
    private ArchiveSettings() {}

    /** The settings when no server could be asked. */
    static List<ServerSetting> unknown(String command) {
        return List.of(
                new ServerSetting("wal_level", "replica", Optional.empty(), false, true),
                new ServerSetting("archive_mode", "on", Optional.empty(), false, true),
                new ServerSetting("archive_command", command, Optional.empty(), false, false));
    }

    /** The settings of this server. */
    static List<ServerSetting> of(ServerFacts facts, ClusterName cluster, String command) {
        List<ServerSetting> settings = new ArrayList<>();
        // It takes the place of the command, or clashes with it.
        facts.archiveLibrary()
                .ifPresent(library ->
                        settings.add(new ServerSetting("archive_library", "", Optional.of(library), false, false)));
        settings.add(new ServerSetting(
                "wal_level",
                "replica",
                Optional.of(facts.walLevel()),
                !facts.walLevel().equals("minimal"),
                true));
        settings.add(new ServerSetting(
                "archive_mode",
                "on",
                Optional.of(facts.archiveMode()),
                !facts.archiveMode().equals("off"),
                true));
        settings.add(new ServerSetting(
                "archive_command",
                command,
                facts.archiveCommand(),
                facts.archiveCommand()
                        .map(current -> pushesTo(current, cluster, command))
                        .orElse(false),
                false));
        return settings;
    }

    /** Whether a command that an administrator wrote in his own words does the same. */
    private static boolean pushesTo(String current, ClusterName cluster, String command) {
        boolean named = ArchiveCommand.clusterOf(current)
                .map(name -> name.equals(cluster.value()))
                .orElse(false);
        boolean sameWay = ArchiveCommand.isAsync(current) == ArchiveCommand.isAsync(command);
        return current.equals(command)
                || (ArchiveCommand.isPush(current)
                        && named
                        && sameWay
                        && !ArchiveCommand.goesElsewhere(current, command));
    }
}
