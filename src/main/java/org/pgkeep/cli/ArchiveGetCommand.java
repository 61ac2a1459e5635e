package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.archive.ArchiveGet;
import org.pgkeep.archive.Archives;
import org.pgkeep.archive.Copies;
import org.pgkeep.archive.RecoveryExit;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;

/** {@code pgkeep archive-get}. */
final class ArchiveGetCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.ARCHIVE_GET,
                        "Fetches a file from the archive, checks it, and puts it at the path at once. PostgreSQL calls it as"
                                + " restore_command for each file that it wants while it recovers.",
                        "PostgreSQL takes every exit status up to 125 for 'not in the archive', and ends recovery there. So that an"
                                + " unreachable repository does not silently end recovery early, failures have a status above 125"
                                + " in archive recovery, at which PostgreSQL stops: " + RecoveryExit.OFFSET
                                + " more than the usual one. A standby tries again after any, and gets the usual ones.",
                        "With --archive-async one process per recovering server, the prefetcher, gets the segments that follow, several"
                                + " at a time, and restore_command only moves the next one into place. The prefetcher is started when it"
                                + " is needed, and ends after two minutes without work. What it cannot do is done without it.",
                        "Where the configuration has several repositories and neither --repo nor 'repo' of the cluster chooses one,"
                                + " they are asked in its order, and the first that has the file gives it. When none does and one"
                                + " could not be asked, that is a failure, never 'not in the archive'.")
                .withOperands("%f %p")
                .withExample(
                        "restore_command = 'pgkeep archive-get --cluster main %f \"%p\"'",
                        "the line in postgresql.conf; 'pgkeep restore' writes it")
                .withExample(
                        "restore_command = 'pgkeep archive-get --archive-async --spool-path DIR --cluster main %f \"%p\"'",
                        "the same with one process that gets ahead; the operands must come last")
                .withStatus(ErrorCode.EXIT_NOT_FOUND, "The archive does not hold the file.")
                .withStatus(ErrorCode.DAMAGED, "What the archive holds is damaged; nothing was written.")
                .withStatus(
                        RecoveryExit.OFFSET + ErrorCode.DAMAGED.exitStatus(),
                        "The same in archive recovery, and so for all statuses of failures.");
    }

    @Override
    public int run(Invocation invocation) {
        if (invocation.settings().get(Options.ASYNC_WORKER)) {
            return PrefetcherRun.of(
                    invocation, invocation.operands(page(), 1, 1).getFirst());
        }
        List<String> operands = invocation.operands(page(), 2, 2);
        List<Settings> each = invocation.settings().ofEachRepository();
        ArchiveGet.Request request = request(invocation.settings(), operands);
        if (each.size() == 1) {
            try (Repository repository = invocation.repository(each.getFirst())) {
                return status(invocation, new ArchiveGet(repository).get(request));
            }
        }
        List<Copies.Place<Repository>> places = new ArrayList<>();
        for (Settings settings : each) {
            places.add(new Copies.Place<>(settings.repository(), () -> invocation.repository(settings)));
        }
        try (Archives archives = new Archives(places, invocation.progress())) {
            return status(invocation, archives.get(request));
        }
    }

    private static ArchiveGet.Request request(Settings settings, List<String> operands) {
        return new ArchiveGet.Request(
                new ClusterName(settings.cluster()),
                operands.getFirst(),
                operands.getLast(),
                settings.find(Options.PGDATA));
    }

    private static int status(Invocation invocation, ArchiveGet.Result result) {
        return switch (result) {
            case ArchiveGet.Result.Fetched(String file, long bytes) -> {
                invocation.progress().debug("fetched " + file + ", " + bytes + " bytes");
                yield 0;
            }
            case ArchiveGet.Result.Missing(String file, var note) -> {
                // PostgreSQL asks for much that need not be there; a line for each would only frighten.
                note.ifPresentOrElse(
                        invocation.progress()::info,
                        () -> invocation.progress().debug(file + " is not in the archive"));
                yield ErrorCode.EXIT_NOT_FOUND;
            }
        };
    }
}
