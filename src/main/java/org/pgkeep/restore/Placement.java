package org.pgkeep.restore;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.PathName;

/** Decides where tablespaces and other links go. Remembers which wishes were met, so that a misspelt one is found. */
final class Placement {
    private static final String TABLESPACES = "pg_tblspc/";

    /** What the file system says of every link itself; a directory behind it has its own. */
    private static final int MODE_OF_LINK = 0777;

    private final Path target;
    private final Relocation relocation;
    private final List<ManifestHeader.Tablespace> tablespaces;
    private final Set<String> met = new HashSet<>();

    Placement(Path target, Relocation relocation, List<ManifestHeader.Tablespace> tablespaces) {
        this.target = target;
        this.relocation = relocation;
        this.tablespaces = tablespaces;
    }

    /** The link for what was a link to a directory in the backup; empty: make a plain directory. */
    Optional<Directory.Link> ofLink(PathName path, PathName oldTarget) {
        if (isTablespace(path)) {
            return Optional.of(tablespace(path.latin1().substring(TABLESPACES.length()), oldTarget));
        }
        return ofPlain(path).or(() -> again(path, oldTarget));
    }

    /**
     * Whether a link without content of its own is made as it was: it led to another place in the data directory, or to
     * nothing. Others led to a directory elsewhere that was empty or whose content is not kept, such as {@code pg_stat_tmp} in
     * memory.
     */
    boolean isKept(Entry.OfLink link) {
        boolean leadsInside = !link.target().latin1().startsWith("/")
                && link.path()
                        .under(target)
                        .resolveSibling(
                                PathName.pathOf(Path.of(""), link.target().bytes()))
                        .normalize()
                        .startsWith(target);
        boolean ledToNothing = link.attributes().mode() == MODE_OF_LINK;
        return (leadsInside || ledToNothing)
                && !isTablespace(link.path())
                && ofPlain(link.path()).isEmpty();
    }

    private static boolean isTablespace(PathName path) {
        String text = path.latin1();
        return text.startsWith(TABLESPACES) && text.indexOf('/', TABLESPACES.length()) < 0;
    }

    /** The link through which a file is written; empty: it is written in place. */
    Optional<Directory.Link> ofFile(Entry.OfFile file) {
        return ofPlain(file.path()).or(() -> file.link().flatMap(oldTarget -> again(file.path(), oldTarget)));
    }

    /** The link that was asked for, whether or not there was one in the backup. */
    Optional<Directory.Link> ofPlain(PathName path) {
        for (Map.Entry<String, Path> wish : relocation.links().entrySet()) {
            if (PathName.of(wish.getKey()).equals(path)) {
                met.add(wish.getKey());
                return Optional.of(to(wish.getValue(), false));
            }
        }
        return Optional.empty();
    }

    /** The link as it was, a relative one relative to its new place; only if all are wanted back. */
    private Optional<Directory.Link> again(PathName path, PathName oldTarget) {
        if (!relocation.allLinks()) {
            return Optional.empty();
        }
        Path text = PathName.pathOf(Path.of(""), oldTarget.bytes());
        Path destination = path.under(target).resolveSibling(text);
        return Optional.of(new Directory.Link(text, destination.normalize(), false));
    }

    private Directory.Link tablespace(String oid, PathName oldTarget) {
        Optional<String> name = tablespaces.stream()
                .filter(tablespace -> Long.toString(tablespace.oid()).equals(oid))
                .map(ManifestHeader.Tablespace::name)
                .findFirst();
        for (String key : List.of(name.orElse(oid), oid, oldTarget.toString())) {
            Path wish = relocation.tablespaces().get(key);
            if (wish != null) {
                met.add(key);
                return to(wish, true);
            }
        }
        return relocation
                .allTablespaces()
                .map(parent -> to(child(parent, name.orElse(oid)), true))
                .orElseGet(() -> to(PathName.pathOf(target, oldTarget.bytes()), true));
    }

    private static Path child(Path parent, String name) {
        return PathName.of(name.replace('/', '_')).under(parent);
    }

    private static Directory.Link to(Path destination, boolean ofTablespace) {
        Path absolute = destination.toAbsolutePath().normalize();
        return new Directory.Link(absolute, absolute, ofTablespace);
    }

    /**
     * Proves that everything asked for was in the backup.
     *
     * @throws PgkeepException {@code USAGE} naming what was not
     */
    void assertAllMet() {
        Set<String> unmet = new TreeSet<>(relocation.tablespaces().keySet());
        unmet.addAll(relocation.links().keySet());
        unmet.removeAll(met);
        if (!unmet.isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "the backup has no tablespace or path " + unmet + " that could be mapped; its tablespaces are "
                            + tablespaces.stream().map(Placement::words).toList(),
                    "Map tablespaces by name, oid or old path, and links by their path in the data directory.");
        }
    }

    private static String words(ManifestHeader.Tablespace tablespace) {
        return tablespace.oid() + " " + tablespace.name()
                + tablespace.location().map(location -> " at " + location).orElse(" in place");
    }
}
