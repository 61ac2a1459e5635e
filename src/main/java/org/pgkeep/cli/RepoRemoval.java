package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.config.Options;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.RepositoryObjects;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.units.ByteCount;

/** {@code pgkeep repo rm}: counts first, asks, then removes. */
final class RepoRemoval {
    private final Invocation invocation;
    private final RepositoryObjects objects;
    private long count;
    private long bytes;

    RepoRemoval(Invocation invocation, RepositoryObjects objects) {
        this.invocation = invocation;
        this.objects = objects;
    }

    /**
     * Removes all of these, or, if one is not there, none.
     *
     * @throws PgkeepException {@code PATH_MISSING}; {@code USAGE} for a folder without {@code --recursive}, and where nobody can be asked
     */
    void run(List<ObjectName> names) {
        List<ObjectName> folders = new ArrayList<>();
        List<ObjectName> single = new ArrayList<>();
        for (ObjectName name : names) {
            Optional<ObjectInfo> object = objects.find(name);
            if (object.isPresent()) {
                single.add(name);
                count(object.get());
            } else {
                folders.add(folder(name));
            }
        }
        if (invocation.settings().get(Options.DRY_RUN)) {
            print("would be removed");
            return;
        }
        if (!isWanted()) {
            invocation.out().println("nothing was removed");
            return;
        }
        single.forEach(this::remove);
        folders.forEach(this::removeAll);
        print("removed");
    }

    private void count(ObjectInfo object) {
        count++;
        bytes += object.sizeBytes();
    }

    private ObjectName folder(ObjectName name) {
        if (!objects.isFolder(name)) {
            throw RepoPath.missing(objects, name);
        }
        if (!invocation.settings().get(Options.RECURSIVE)) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    objects.location(name) + " is a folder",
                    "Remove all that is below it with --recursive.");
        }
        try (Stream<ObjectInfo> all = objects.all(name.value())) {
            all.forEach(this::count);
        }
        return name;
    }

    private boolean isWanted() {
        if (invocation.settings().get(Options.FORCE)) {
            return true;
        }
        if (!Prompt.isPossible()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    amount() + " would be removed, and nobody is at a terminal to be asked",
                    "Look with --dry-run, then give --force.");
        }
        return Prompt.agrees("Remove " + amount() + "? Nothing brings them back. [y/N] ");
    }

    private String amount() {
        return BackupText.count(count, "object") + " of " + ByteCount.print(bytes);
    }

    private void remove(ObjectName name) {
        boolean _ = objects.remove(name);
    }

    private void removeAll(ObjectName folder) {
        try (Stream<ObjectInfo> all = objects.all(folder.value())) {
            all.forEach(object -> remove(object.name()));
        }
    }

    private void print(String done) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("done", done);
                json.writeNumberField("objects", count);
                json.writeNumberField("bytes", bytes);
            });
        } else {
            invocation.out().println(amount() + " " + done);
        }
    }
}
