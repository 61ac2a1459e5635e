package org.pgkeep.restore;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

/**
 * Gives files to whom they belonged: only root can. A name unknown on this host is told once, and its files go to the owner of the
 * data directory, because PostgreSQL insists on one owner for all. Thread-safe.
 */
final class Owners {
    private final boolean isRoot;
    private final Progress progress;
    private final Map<FileTable.Ownership, Resolved> resolved = new ConcurrentHashMap<>();
    private final FileTable.Ownership ofTarget;

    private Owners(boolean isRoot, FileTable.Ownership ofTarget, Progress progress) {
        this.isRoot = isRoot;
        this.ofTarget = ofTarget;
        this.progress = progress;
    }

    private record Resolved(Optional<UserPrincipal> owner, Optional<GroupPrincipal> group) {}

    /** For this process. */
    static Owners ofThisProcess(FileTable.Ownership ofTarget, Progress progress) {
        String user = System.getProperty("user.name", "");
        Owners owners = new Owners(user.equals("root"), ofTarget, progress);
        if (!owners.isRoot && !ofTarget.owner().isEmpty() && !ofTarget.owner().equals(user)) {
            progress.warn("files belonged to " + ofTarget.owner() + " and will belong to " + user
                    + ", because only root can give them away");
        }
        return owners;
    }

    /** Changes owner and group as far as this process can and this host knows them. */
    void give(Path path, FileTable.Ownership ownership, LinkOption... options) throws IOException {
        if (!isRoot) {
            return;
        }
        Resolved to = resolved.computeIfAbsent(ownership, this::resolve);
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class, options);
        if (to.owner.isPresent()) {
            view.setOwner(to.owner.get());
        }
        if (to.group.isPresent()) {
            view.setGroup(to.group.get());
        }
    }

    private Resolved resolve(FileTable.Ownership ownership) {
        UserPrincipalLookupService names = FileSystems.getDefault().getUserPrincipalLookupService();
        Optional<UserPrincipal> owner = lookUp(ownership.owner(), ofTarget.owner(), names::lookupPrincipalByName);
        Optional<GroupPrincipal> group = lookUp(ownership.group(), ofTarget.group(), names::lookupPrincipalByGroupName);
        return new Resolved(owner, group);
    }

    /** Looks a name up, or a number, which the service takes as well. */
    private <P> Optional<P> lookUp(String name, String otherwise, Lookup<P> lookup) {
        if (name.isEmpty()) {
            return otherwise.isEmpty() ? Optional.empty() : lookUp(otherwise, "", lookup);
        }
        try {
            return Optional.of(lookup.find(name));
        } catch (UserPrincipalNotFoundException _) {
            boolean last = name.equals(otherwise) || otherwise.isEmpty();
            progress.warn(
                    "'" + name + "' is unknown on this host; its files will belong to " + (last ? "root" : otherwise));
            return last ? Optional.empty() : lookUp(otherwise, "", lookup);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "look up '" + name + "'", e);
        }
    }

    @FunctionalInterface
    private interface Lookup<P> {
        P find(String name) throws IOException;
    }
}
