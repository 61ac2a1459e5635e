package org.pgkeep.demo;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The operating system user that a server runs as. PostgreSQL refuses to run as root, so root becomes {@code postgres}, or
 * {@code nobody} on a machine without that user.
 *
 * @param other the user and group to become; empty to stay who one is
 */
public record RunAs(Optional<Identity> other) {
    private static final Path ROOT = Path.of("/");
    private static final Duration LOOKUP_LONGEST = Duration.ofSeconds(20);

    /**
     * A user and a group.
     *
     * @param user user name
     * @param group group name
     */
    public record Identity(String user, String group) {}

    /** Whoever may run a server here. */
    public static RunAs forServers() {
        if (!isRoot()) {
            return new RunAs(Optional.empty());
        }
        return Stream.of("postgres", "nobody")
                .filter(RunAs::exists)
                .findFirst()
                .map(user -> new RunAs(Optional.of(new Identity(user, groupOf(user)))))
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.PERMISSION,
                        "PostgreSQL does not run as root, and there is no user postgres or nobody",
                        "Run the command as another user."));
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid && uid == 0;
        } catch (IOException | UnsupportedOperationException _) {
            return System.getProperty("user.name", "").equals("root");
        }
    }

    private static boolean exists(String user) {
        try {
            FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static String groupOf(String user) {
        return ProgramRun.of(List.of("id", "-gn", user), ROOT, Map.of(), LOOKUP_LONGEST)
                .orThrow()
                .out()
                .strip();
    }

    /** The user's name. */
    public String user() {
        return other.map(Identity::user).orElseGet(() -> System.getProperty("user.name", ""));
    }

    /** The command line that runs this one as that user. */
    public List<String> command(List<String> command) {
        List<String> full = new ArrayList<>();
        other.ifPresent(identity -> full.addAll(List.of(
                "setpriv", "--reuid=" + identity.user(), "--regid=" + identity.group(), "--clear-groups", "--")));
        full.addAll(command);
        return full;
    }

    /** Gives a file or a whole directory to that user. */
    public void own(Path path) {
        if (other.isEmpty()) {
            return;
        }
        try {
            UserPrincipalLookupService lookup = path.getFileSystem().getUserPrincipalLookupService();
            UserPrincipal user = lookup.lookupPrincipalByName(other.get().user());
            GroupPrincipal group = lookup.lookupPrincipalByGroupName(other.get().group());
            DirectoryTree.each("give to " + user(), path, each -> {
                PosixFileAttributeView view =
                        Files.getFileAttributeView(each, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
                view.setOwner(user);
                view.setGroup(group);
            });
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.PERMISSION, "find user " + user(), e);
        }
    }

    /** A new directory that belongs to that user, closed to all others. */
    public Path createDirectory(Path directory) {
        try {
            Files.createDirectories(directory.getParent() == null ? ROOT : directory.getParent());
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "create directory " + directory, e);
        }
        own(directory);
        return directory;
    }

    /** Whether that user may get to this path: every directory on the way lets others pass. */
    public boolean canReach(Path path) {
        if (other.isEmpty()) {
            return true;
        }
        try {
            for (Path each = path.toRealPath(); each != null; each = each.getParent()) {
                if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
