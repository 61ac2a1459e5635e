package org.pgkeep.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.PathName;

/** What a manifest says of tablespaces, databases and options. */
final class BackupObjects {
    private static final String TABLESPACES = "pg_tblspc";

    private BackupObjects() {}

    static List<ManifestHeader.Database> databases(Optional<ServerFacts> facts) {
        return facts.stream()
                .flatMap(known -> known.databases().stream())
                .map(database -> new ManifestHeader.Database(database.oid(), database.name()))
                .toList();
    }

    /** From the server, or of a stopped one from the links themselves, where names are unknown. */
    static List<ManifestHeader.Tablespace> tablespaces(Path dataDirectory, Optional<ServerFacts> facts) {
        if (facts.isPresent()) {
            return facts.get().tablespaces().stream()
                    .map(tablespace -> new ManifestHeader.Tablespace(
                            tablespace.oid(),
                            tablespace.name(),
                            tablespace.isInPlace()
                                    ? Optional.empty()
                                    : Optional.of(PathName.of(tablespace.location()))))
                    .toList();
        }
        return linkedTablespaces(dataDirectory.resolve(TABLESPACES));
    }

    private static List<ManifestHeader.Tablespace> linkedTablespaces(Path links) {
        List<ManifestHeader.Tablespace> found = new ArrayList<>();
        try (var children = Files.newDirectoryStream(links)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (Files.isSymbolicLink(child) && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    PathName target = PathName.of(PathName.bytesOf(Files.readSymbolicLink(child)));
                    found.add(new ManifestHeader.Tablespace(Long.parseLong(name), name, Optional.of(target)));
                }
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "list " + links, e);
        }
        return found;
    }

    /** What the backup was told, for people who look at it years later. */
    static Map<String, String> options(BackupRequest request) {
        Map<String, String> options = new TreeMap<>();
        options.put("compression", request.compression().toString());
        options.put("exclude", String.join("\n", request.excludes()));
        options.put("jobs", Integer.toString(request.jobs()));
        options.put("page-checks", Boolean.toString(request.pageChecks()));
        options.put("pgdata", request.dataDirectory().toString());
        return options;
    }
}
