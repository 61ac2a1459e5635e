package org.pgkeep.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgkeep.postgres.RelationFile;

/**
 * Relations whose changes neither the WAL nor their pages' LSNs tell of, so that their blocks must be compared:
 *
 * <ul>
 *   <li>Those of databases that were made or moved since the base. Their files may be copies, whose pages have the LSNs of what they were
 *       copied from ({@code CREATE DATABASE} with the strategy {@code file_copy}, the only one before 15; {@code ALTER DATABASE SET
 *       TABLESPACE}), and one that got the number of a dropped database has files of the same names, too. A database's {@code
 *       PG_VERSION} tells, which is written when its directory is made and never again.
 *   <li>Unlogged ones, of which a cold backup has more than the init fork: the LSNs of their pages are made up.
 * </ul>
 */
final class Untold {
    private static final Pattern VERSION_FILE =
            Pattern.compile("(?:base|pg_tblspc/\\d+/PG_[^/]+)/(\\d{1,10})/PG_VERSION");

    /** The coarsest clock of a file system that PostgreSQL may lie on has steps of 2 s. */
    private static final Duration CLOCK_BLUR = Duration.ofSeconds(2);

    private final Set<Long> youngDatabases = new HashSet<>();
    private final Set<Relation> unlogged = new HashSet<>();

    private record Relation(long tablespace, long database, long node) {
        static Relation of(RelationFile file) {
            return new Relation(file.tablespace(), file.database(), file.node());
        }
    }

    /**
     * Looks through a listing.
     *
     * @param started when the base began
     */
    Untold(ListingSpool listing, Instant started) {
        Instant since = started.minus(CLOCK_BLUR);
        ListingSpool.Reader reader = listing.read();
        for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
            ListedEntry entry = next.get();
            String path = entry.path().latin1();
            if (path.endsWith("/PG_VERSION") && !entry.attributes().modified().isBefore(since)) {
                Matcher matcher = VERSION_FILE.matcher(path);
                if (matcher.matches()) {
                    youngDatabases.add(Long.parseLong(matcher.group(1)));
                }
            } else if (path.endsWith(Exclusions.INIT_FORK)) {
                RelationFile.parse(path).map(Relation::of).ifPresent(unlogged::add);
            }
        }
    }

    boolean has(RelationFile file) {
        return youngDatabases.contains(file.database())
                || (!unlogged.isEmpty() && unlogged.contains(Relation.of(file)));
    }
}
