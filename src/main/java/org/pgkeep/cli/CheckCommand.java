package org.pgkeep.cli;

import java.util.Locale;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.setup.Check;
import org.pgkeep.setup.Finding;

/** {@code pgkeep check}. */
final class CheckCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.CHECK,
                        "Proves the whole way from configuration to archived WAL, step by step: the repository can be read and"
                                + " written; the server can be reached and the role may do what a backup does; server, pg_control"
                                + " and repository are of the same cluster and version; archiving is configured, and works: a WAL"
                                + " segment is forced, and waited for until it is in the repository.",
                        "Says for each step that it is right, or what to do. Needs nothing stopped and changes nothing but that one"
                                + " more segment is archived.")
                .withExample("pgkeep check --cluster sales", "checks a configured cluster")
                .withExample(
                        "pgkeep check --pgdata DIR --repo-path DIR --archive-timeout 5min",
                        "waits longer for the segment")
                .withStatus(ErrorCode.EXIT_WARNINGS, "Nothing is wrong, but something deserves a look.")
                .withStatus(ErrorCode.CONNECT, "The server cannot be reached.")
                .withStatus(ErrorCode.CLUSTER_MISMATCH, "The three are not of the same cluster.")
                .withStatus(ErrorCode.ARCHIVING, "WAL does not reach the repository.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Settings settings = invocation.settings();
        Check.Request request = new Check.Request(
                new ClusterName(settings.cluster()),
                settings.find(Options.PGDATA),
                invocation.backends().connection(settings, invocation.progress()),
                OwnCommand.words(settings, CommandName.ARCHIVE_PUSH),
                settings.get(Options.ARCHIVE_TIMEOUT));
        Check check = new Check(invocation::repository, invocation.progress());
        Check.Result result = check.run(request);
        int status =
                result.problem().map(ErrorCode::exitStatus).orElse(result.hasWarnings() ? ErrorCode.EXIT_WARNINGS : 0);
        if (invocation.json()) {
            printJson(invocation, result, status);
        } else {
            printText(invocation, result);
        }
        return status;
    }

    private static void printText(Invocation invocation, Check.Result result) {
        int width = 0;
        for (Finding finding : result.findings()) {
            width = Math.max(width, finding.subject().length());
        }
        for (Finding finding : result.findings()) {
            String mark = switch (finding.verdict()) {
                case OK -> "ok       ";
                case WARNING -> "warning  ";
                case PROBLEM -> "PROBLEM  ";
            };
            String padding = " ".repeat(width - finding.subject().length());
            invocation.out().println(mark + finding.subject() + padding + "  " + finding.message());
            finding.hint().ifPresent(hint -> invocation.out().println("         HINT: " + hint));
        }
    }

    private static void printJson(Invocation invocation, Check.Result result, int status) {
        JsonOutput.print(invocation.out(), json -> {
            json.writeStringField("cluster", invocation.settings().cluster());
            json.writeNumberField("status", status);
            json.writeArrayFieldStart("findings");
            for (Finding finding : result.findings()) {
                json.writeStartObject();
                json.writeStringField("subject", finding.subject());
                json.writeStringField("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
                json.writeStringField("message", finding.message());
                if (finding.hint().isPresent()) {
                    json.writeStringField("hint", finding.hint().get());
                }
                if (finding.code().isPresent()) {
                    json.writeStringField("code", finding.code().get().name());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
