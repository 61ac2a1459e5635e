package org.pgkeep.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.ServerCommand;
import org.pgkeep.postgres.server.ConnectionSettings;
import org.pgkeep.postgres.server.ServerFacts;
import org.pgkeep.postgres.server.ServerSession;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.StrayTimeline;

/** {@code pgkeep check}: proves the whole way, step by step, and goes on after a problem as far as that makes sense. */
public final class Check {
    private final Supplier<Repository> repository;
    private final Progress progress;

    /** Checks with a repository, which it opens and closes itself: that it cannot be opened is a finding. */
    public Check(Supplier<Repository> repository, Progress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * What to check.
     *
     * @param pgdata the data directory on this host; without it the server's own word is taken, if it is on this host
     * @param archiveTimeout how long a forced segment may take to arrive
     */
    public record Request(
            ClusterName cluster,
            Optional<Path> pgdata,
            ConnectionSettings connection,
            List<String> push,
            Duration archiveTimeout) {
        public Request {
            push = List.copyOf(push);
        }
    }

    /** What was found, in the order of the way. */
    public record Result(List<Finding> findings) {
        public Result {
            findings = List.copyOf(findings);
        }

        /** The first problem's code, which is the command's exit status; empty when there is none. */
        public Optional<ErrorCode> problem() {
            return findings.stream().flatMap(finding -> finding.code().stream()).findFirst();
        }

        /** Whether there are warnings. */
        public boolean hasWarnings() {
            return findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.WARNING);
        }
    }

    /** Checks; what is wrong is a finding and not an error. */
    public Result run(Request request) {
        Findings findings = new Findings();
        Optional<Repository> opened =
                findings.attempt("repository", repository, found -> found.location() + " is a pgkeep repository");
        try {
            Optional<ClusterStore> cluster = opened.flatMap(found -> cluster(found, request.cluster(), findings));
            session(request, cluster, findings);
        } finally {
            opened.ifPresent(Repository::close);
        }
        return new Result(findings.list());
    }

    private static Optional<ClusterStore> cluster(Repository repository, ClusterName name, Findings findings) {
        Optional<ClusterStore> cluster = findings.attempt("cluster", () -> repository.cluster(name), found -> {
            ClusterRecord.History current = found.record().current();
            return "'" + name + "' is registered: PostgreSQL " + current.majorVersion() + ", system identifier "
                    + Long.toUnsignedString(current.systemIdentifier());
        });
        cluster.ifPresent(found -> {
            String user = System.getProperty("user.name", "this user");
            boolean _ = findings.attempt("write", found::assertWritable, user + " can write into the repository");
        });
        // While work is stopped no segment arrives, and that is no fault of the server's.
        return cluster.filter(found ->
                findings.attempt("stopped", found.fencing()::assertOpen, "work on the cluster is not stopped"));
    }

    private void session(Request request, Optional<ClusterStore> cluster, Findings findings) {
        Optional<ServerSession> opened = findings.attempt(
                "server",
                () -> ServerSession.open(request.connection(), "check", progress),
                session -> request.connection() + " runs PostgreSQL " + session.version());
        if (opened.isPresent()) {
            try (ServerSession session = opened.get()) {
                server(request, cluster, session, findings);
            }
        }
    }

    private void server(Request request, Optional<ClusterStore> cluster, ServerSession session, Findings findings) {
        Optional<ServerFacts> known =
                findings.attempt("role", session::facts, _ -> "the role can read the server's control data");
        if (known.isEmpty()) {
            return;
        }
        ServerFacts facts = known.get();
        boolean same = cluster.isPresent()
                && findings.attempt(
                        "identity",
                        () -> cluster.get()
                                .assertIs(
                                        facts.systemIdentifier(),
                                        facts.version().major()),
                        "the server is the registered cluster");
        request.pgdata().or(facts::dataDirectory).ifPresent(directory -> dataDirectory(directory, facts, findings));
        new ArchivingCheck(request.cluster(), ServerCommand.text(request.push(), "%p"), facts, findings).settings();
        if (same && !facts.inRecovery()) {
            StrayTimeline.warning(cluster.get().wal(), facts.timeline())
                    .ifPresent(message -> findings.add(Finding.warning(
                            "timeline",
                            message,
                            "Find out who archives there; 'pgkeep info --wal' shows the timelines.")));
        }
        if (same) {
            new ArchivingProof(session, facts, request.archiveTimeout(), progress, findings)
                    .prove(cluster.get().wal());
        }
    }

    private static void dataDirectory(Path directory, ServerFacts facts, Findings findings) {
        String subject = "data directory";
        Optional<ControlFile> control = findings.attempt(
                subject,
                () -> DataDirectory.control(directory),
                found -> directory + " holds PostgreSQL "
                        + found.version().text() + ", system identifier "
                        + Long.toUnsignedString(found.systemIdentifier()));
        if (control.isEmpty()) {
            return;
        }
        if (control.get().systemIdentifier() != facts.systemIdentifier()) {
            findings.add(
                    Finding.problem(
                            subject,
                            ErrorCode.CLUSTER_MISMATCH,
                            DataDirectory.otherCluster(directory, control.get(), facts),
                            "Set pgdata to the data directory of that server, or host and port to the server of that directory."));
        } else if (facts.dataDirectory().map(real -> !isSame(real, directory)).orElse(false)) {
            // A copy has the same identifier; backing it up while another server runs would give garbage.
            findings.add(Finding.problem(
                    subject,
                    ErrorCode.CLUSTER_MISMATCH,
                    directory + " is a copy: the server runs in "
                            + facts.dataDirectory().get(),
                    "Set pgdata to the directory in which the server runs."));
        }
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false;
        }
    }
}
