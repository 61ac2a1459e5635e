package org.pgkeep.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.RepositoryObjects;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/** {@code pgkeep repo}. */
final class RepoCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.REPO,
                        "Lists, reads, stores and removes the objects of a repository one by one, by their path in it, as"
                                + " docs/formats describes them. It is for looking and for mending by hand: nothing is asked of leases,"
                                + " pins and references. Backups are deleted by 'pgkeep delete', WAL by 'pgkeep expire'.",
                        "ls lists a folder, or all below it with --recursive, with sizes as stored. get writes an object to standard output,"
                                + " unsealed, and expanded where its name ends in .zst, .lz4, .gz or .bz2; packs are unsealed only. put"
                                + " stores standard input or a file, and does the reverse. With --raw both take the bytes as the store has"
                                + " them, which needs no key. put refuses a path that is there, unless --force is given.",
                        "rm asks on a terminal whether to remove the objects named, or with --recursive all below folders; elsewhere it"
                                + " wants --force. --dry-run says what it would remove.")
                .withOperands("ls [PATH] | get PATH | put PATH [FILE] | rm PATH...")
                .withExample("pgkeep repo ls clusters/main/backups", "lists the labels under which objects are")
                .withExample(
                        "pgkeep repo get clusters/main/backups/20261121-203000F/backup.json",
                        "prints a backup's record")
                .withExample(
                        "pgkeep repo get clusters/main/wal/1/000000010000000A/SEGMENT-HASH.zst > SEGMENT",
                        "fetches a WAL segment by hand")
                .withExample("pgkeep repo rm --recursive clusters/old --dry-run", "says what is below clusters/old")
                .withStatus(ErrorCode.PATH_MISSING, "There is nothing at that path; nothing was removed.")
                .withStatus(ErrorCode.CONFLICT, "put: there is an object at that path already.")
                .withStatus(ErrorCode.KEY_MISSING, "The repository is sealed, and neither a key nor --raw was given.")
                .withStatus(ErrorCode.DAMAGED, "The object cannot be unsealed or expanded.");
    }

    @Override
    public int run(Invocation invocation) {
        List<String> operands = invocation.operands(page(), 1, Integer.MAX_VALUE);
        List<String> rest = operands.subList(1, operands.size());
        switch (operands.getFirst()) {
            case "ls" -> {
                assertCount(rest, 0, 1);
                try (Storage storage = invocation.backends().storage(invocation.settings())) {
                    new RepoListing(invocation, RepositoryObjects.stored(storage))
                            .print(
                                    rest.isEmpty()
                                            ? ""
                                            : RepoPath.parse(rest.getFirst()).value());
                }
            }
            case "get" -> {
                assertCount(rest, 1, 1);
                get(invocation, RepoPath.parse(rest.getFirst()));
            }
            case "put" -> {
                assertCount(rest, 1, 2);
                put(invocation, RepoPath.parse(rest.getFirst()), rest.subList(1, rest.size()));
            }
            case "rm" -> {
                assertCount(rest, 1, Integer.MAX_VALUE);
                try (Storage storage = invocation.backends().storage(invocation.settings())) {
                    new RepoRemoval(invocation, RepositoryObjects.stored(storage))
                            .run(rest.stream().map(RepoPath::parse).toList());
                }
            }
            default ->
                throw new PgkeepException(
                        ErrorCode.USAGE, "unknown action '" + operands.getFirst() + "'", "Usage: " + page().synopsis());
        }
        return 0;
    }

    private void assertCount(List<String> operands, int min, int max) {
        if (operands.size() < min || operands.size() > max) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    operands.size() < min ? "a path is missing" : "unexpected '" + operands.get(max) + "'",
                    "Usage: " + page().synopsis());
        }
    }

    /** Does something with objects, as they are stored or as they were before. */
    private interface Work {
        void on(RepositoryObjects objects);
    }

    private static void with(Invocation invocation, Work work) {
        if (invocation.settings().get(Options.RAW)) {
            try (Storage storage = invocation.backends().storage(invocation.settings())) {
                work.on(RepositoryObjects.stored(storage));
            }
        } else {
            try (Repository repository = invocation.repository()) {
                work.on(repository.objects());
            }
        }
    }

    private static void get(Invocation invocation, ObjectName name) {
        if (invocation.json()) {
            throw new PgkeepException(
                    ErrorCode.USAGE, "repo get prints an object's content, not a document", "Leave out --output=json.");
        }
        with(invocation, objects -> {
            try (Output out = new Output(invocation.out())) {
                if (!objects.read(name, out.stream())) {
                    throw RepoPath.missing(objects, name);
                }
            }
        });
    }

    private static void put(Invocation invocation, ObjectName name, List<String> file) {
        with(invocation, objects -> {
            boolean there = objects.find(name).isPresent();
            if (there && !invocation.settings().get(Options.FORCE)) {
                throw exists(objects, name);
            }
            try (InputStream content = file.isEmpty() ? System.in : open(Path.of(file.getFirst()))) {
                if (there) {
                    boolean _ = objects.remove(name);
                }
                if (!objects.create(name, content)) {
                    throw exists(objects, name);
                }
            } catch (IOException e) {
                throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read what is to be stored", e);
            }
            RepoPath.print(invocation, there ? "replaced" : "stored", name);
        });
    }

    private static PgkeepException exists(RepositoryObjects objects, ObjectName name) {
        return new PgkeepException(
                ErrorCode.CONFLICT,
                objects.location(name) + " is already there",
                "Take another path, or replace it with --force.");
    }

    private static InputStream open(Path file) {
        try {
            return new BufferedInputStream(Files.newInputStream(file));
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }
}
