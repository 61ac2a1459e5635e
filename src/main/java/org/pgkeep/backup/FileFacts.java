package org.pgkeep.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.pgkeep.repository.Attributes;

/** What the file system knows of a path, with the names of users and groups looked up once. For one thread. */
final class FileFacts {
    private static final int PERMISSIONS = 07777;
    private static final int TYPE = 0170000;

    private final Map<Integer, String> users = new HashMap<>();
    private final Map<Integer, String> groups = new HashMap<>();

    /** What a path is. */
    enum Kind {
        FILE,
        DIRECTORY,
        LINK,
        SPECIAL
    }

    /** Facts of one path. */
    record Facts(Kind kind, long sizeBytes, Attributes attributes) {}

    /** Facts of a path; a link's own unless {@code follow}. */
    Facts of(Path path, boolean follow) throws IOException {
        LinkOption[] options = follow ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
        Map<String, Object> map = Files.readAttributes(path, "unix:mode,size,lastModifiedTime,uid,gid", options);
        int mode = number(map, "mode");
        FileTime modified = (FileTime) Objects.requireNonNull(map.get("lastModifiedTime"));
        Attributes attributes = new Attributes(
                mode & PERMISSIONS,
                user(number(map, "uid"), path, options),
                group(number(map, "gid"), path, options),
                modified.toInstant().truncatedTo(ChronoUnit.MICROS));
        return new Facts(kind(mode & TYPE), (long) Objects.requireNonNull(map.get("size")), attributes);
    }

    private static int number(Map<String, Object> map, String name) {
        return (int) Objects.requireNonNull(map.get(name));
    }

    private static Kind kind(int type) {
        return switch (type) {
            case 0100000 -> Kind.FILE;
            case 0040000 -> Kind.DIRECTORY;
            case 0120000 -> Kind.LINK;
            default -> Kind.SPECIAL;
        };
    }

    private String user(int id, Path path, LinkOption[] options) throws IOException {
        String known = users.get(id);
        if (known == null) {
            UserPrincipal owner = Files.readAttributes(path, PosixFileAttributes.class, options)
                    .owner();
            known = owner.getName();
            users.put(id, known);
        }
        return known;
    }

    private String group(int id, Path path, LinkOption[] options) throws IOException {
        String known = groups.get(id);
        if (known == null) {
            GroupPrincipal group = Files.readAttributes(path, PosixFileAttributes.class, options)
                    .group();
            known = group.getName();
            groups.put(id, known);
        }
        return known;
    }
}
