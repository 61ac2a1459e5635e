package org.pgkeep.cli;

import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.RepositoryObjects;
import org.pgkeep.storage.ObjectName;

/** Paths of objects as people type them; none leads out of the repository. */
final class RepoPath {
    private RepoPath() {}

    /**
     * The object or folder of this path; a slash at its end does not count.
     *
     * @throws PgkeepException {@code USAGE}
     */
    static ObjectName parse(String text) {
        String path = text.length() > 1 && text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        return RepositoryObjects.parse(path)
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.USAGE,
                        "'" + text + "' is not a path in a repository",
                        "A path begins at the repository's top, such as clusters/main/backups; no part of it begins with a"
                                + " dot, is empty, or has other characters than printable ASCII."));
    }

    static PgkeepException missing(RepositoryObjects objects, ObjectName name) {
        boolean folder = objects.isFolder(name);
        return new PgkeepException(
                ErrorCode.PATH_MISSING,
                objects.location(name) + (folder ? " is a folder, not an object" : ": there is no such object"),
                folder ? "List it with 'pgkeep repo ls " + name + "'." : "List what there is with 'pgkeep repo ls'.");
    }

    /** Says what was done. */
    static void print(Invocation invocation, String done, ObjectName name) {
        if (invocation.json()) {
            JsonOutput.print(invocation.out(), json -> {
                json.writeStringField("done", done);
                json.writeStringField("path", name.value());
            });
        } else {
            invocation.out().println(name + ": " + done);
        }
    }
}
