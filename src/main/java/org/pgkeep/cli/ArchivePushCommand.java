package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.archive.ArchivePush;
import org.pgkeep.archive.Copies;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.WalArchive;

/** {@code pgkeep archive-push}. */
final class ArchivePushCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.ARCHIVE_PUSH,
                        "Stores a file of pg_wal in the repository: a WAL segment, a partial one, a timeline history or a backup"
                                + " history. PostgreSQL calls it as archive_command for each. When it ends well the file is durable"
                                + " there. A file that is stored already with the same content is accepted; another cluster's"
                                + " segment, and other content under a stored name, are refused.",
                        "With --archive-async one process per cluster, the archiver, pushes what is ready, several files at a time,"
                                + " and archive_command only looks into the spool whether its file is stored. The archiver is"
                                + " started when it is needed, and ends after two minutes without work.",
                        "Where the configuration has several repositories and neither --repo nor 'repo' of the cluster chooses one,"
                                + " the file goes to each of them. If one fails, the others get it all the same, and the command"
                                + " fails: PostgreSQL keeps the file and offers it again. With --archive-async the others get what comes after"
                                + " it meanwhile, too.")
                .withOperands("%p")
                .withExample("archive_command = 'pgkeep archive-push --cluster main %p'", "the line in postgresql.conf")
                .withExample(
                        "archive_command = 'pgkeep archive-push --archive-async --spool-path DIR --cluster main %p'",
                        "the same with one process that pushes ahead; the path must come last")
                .withStatus(
                        ErrorCode.ARCHIVING,
                        "With --archive-async: the file was not stored within --archive-timeout. PostgreSQL keeps it and asks"
                                + " again.")
                .withStatus(ErrorCode.CLUSTER_MISMATCH, "The segment belongs to another cluster.")
                .withStatus(ErrorCode.CONFLICT, "Other content is stored under this name.");
    }

    @Override
    public int run(Invocation invocation) {
        String path = invocation.operands(page(), 1, 1).getFirst();
        List<Settings> each = invocation.settings().ofEachRepository();
        if (invocation.settings().get(Options.ASYNC_WORKER)) {
            return ArchiverRun.of(invocation, path);
        }
        ArchivePush.Source source = ArchivePush.Source.ahead(request(each.getFirst(), path));
        if (each.size() == 1) {
            tell(invocation, push(invocation, each.getFirst(), path, source));
            return 0;
        }
        List<Copies.Place<ArchivePush.Result>> places = new ArrayList<>();
        for (Settings settings : each) {
            places.add(new Copies.Place<>(settings.repository(), () -> push(invocation, settings, path, source)));
        }
        new Copies(invocation.progress()).push(places).forEach(result -> tell(invocation, result));
        return 0;
    }

    private static ArchivePush.Result push(
            Invocation invocation, Settings settings, String path, ArchivePush.Source source) {
        try (Repository repository = invocation.repository(settings)) {
            return new ArchivePush(repository).push(request(settings, path), source);
        }
    }

    private static ArchivePush.Request request(Settings settings, String path) {
        return new ArchivePush.Request(
                new ClusterName(settings.cluster()),
                path,
                settings.find(Options.PGDATA),
                WalCompression.of(settings),
                settings.get(Options.WAL_SUMMARIES));
    }

    private static void tell(Invocation invocation, ArchivePush.Result result) {
        result.unsummarized()
                .ifPresent(why -> invocation
                        .progress()
                        .warn(result.file() + " is archived, but has no summary for incremental backups: " + why));
        if (result.pushed() == WalArchive.Pushed.ALREADY_THERE) {
            invocation.progress().info(result.file() + " was archived before, with the same content");
        } else {
            invocation.progress().debug("archived " + result.file());
        }
    }
}
