package org.pgkeep.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.pgkeep.error.ErrorCode;

/** A command that is started to be killed: with work to do, on a cluster that has some backups. */
public enum Victim {
    /** Everything is read. */
    FULL(1500),
    /** What changed is read. */
    INCREMENTAL(1500),
    /** Backups and WAL go. */
    EXPIRE(800),
    /** One goes. */
    DELETE(800),
    /** A chain ends. */
    MERGE(800),
    /** Packs are written anew. */
    COMPACT(1000),
    /** A mark is replaced. */
    ANNOTATE(600),
    /** A segment is pushed by hand, maybe at the same time as by the server. */
    PUSH(500),
    /** The server's own {@code archive_command}. */
    SERVERS_PUSH(400);

    /** Before this Java has hardly begun. */
    private static final long EARLIEST_MILLIS = 40;

    /** By then no command has ended. */
    private static final long SURELY_MILLIS = 60;

    private static final Duration POLL = Duration.ofMillis(5);

    private final long latestMillis;

    Victim(long latestMillis) {
        this.latestMillis = latestMillis;
    }

    private List<String> command(BackedUpCluster source, SplittableRandom random) {
        return switch (this) {
            case FULL -> List.of("backup", "--type", "full");
            case INCREMENTAL -> List.of("backup");
            case EXPIRE -> List.of("expire", "--retention-full", Integer.toString(1 + random.nextInt(2)));
            case DELETE -> List.of("delete", any(source, random));
            case MERGE -> List.of("merge", any(source, random));
            case COMPACT -> List.of("compact", "--threshold", "100");
            case ANNOTATE -> List.of("annotate", any(source, random), "--note", "n" + random.nextInt());
            case PUSH -> List.of("archive-push", segment(source, random));
            case SERVERS_PUSH -> List.of("archive-push", "%p");
        };
    }

    /** Starts it and kills it after a while; false when it ended in order before that. */
    public boolean startAndKill(BackedUpCluster source, SplittableRandom random, KillStory story) {
        List<String> words = command(source, random);
        // On a fast machine earlier, until one is met.
        long latest = Math.max(latestMillis >> story.missesInARow(), SURELY_MILLIS);
        long delay = random.nextLong(EARLIEST_MILLIS, latest);
        return this == SERVERS_PUSH ? killServers(source, delay, story) : kill(source, words, delay, story);
    }

    private static boolean kill(BackedUpCluster source, List<String> words, long delay, KillStory story) {
        Pgkeep.Running running =
                source.start(words.getFirst(), words.subList(1, words.size()).toArray(String[]::new));
        Wait.sleep(Duration.ofMillis(delay));
        running.kill();
        int status = running.await();
        String what = String.join(" ", words);
        if (status == 128 + 9) {
            story.killed(what, delay);
            return true;
        }
        story.ended(what, delay);
        // A full backup that others build on stays when it is the last; what was killed before may have deleted it,
        // too.
        assertThat(status).as("%s%n%s", story, running.text()).isIn(0, ErrorCode.MUST_STAY.exitStatus());
        return false;
    }

    private static boolean killServers(BackedUpCluster source, long delay, KillStory story) {
        source.cluster().query("SELECT pg_switch_wal()");
        String configuration = source.configuration().toString();
        for (long waited = 0; waited < 5000; waited += POLL.toMillis()) {
            Optional<ProcessHandle> push = servers(configuration);
            if (push.isPresent()) {
                Wait.sleep(Duration.ofMillis(delay));
                if (push.get().destroyForcibly()) {
                    story.killed("archive_command", delay);
                    return true;
                }
                break;
            }
            Wait.sleep(POLL);
        }
        story.ended("archive_command", delay);
        return false;
    }

    /** The shell that the server starts names the same words, but ends with its child. */
    private static Optional<ProcessHandle> servers(String configuration) {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> {
                        List<String> words = List.of(process.info().arguments().orElse(new String[0]));
                        return words.contains("archive-push") && words.contains(configuration);
                    })
                    .findFirst();
        }
    }

    private static String any(BackedUpCluster source, SplittableRandom random) {
        List<String> labels = source.labels();
        return labels.get(random.nextInt(labels.size()));
    }

    private static String segment(BackedUpCluster source, SplittableRandom random) {
        source.cluster().query("SELECT pg_switch_wal()");
        List<String> complete = List.of(source.cluster()
                .query("SELECT string_agg(name, ' ' ORDER BY name) FROM pg_ls_waldir()"
                        + " WHERE name ~ '^[0-9A-F]{24}$' AND name < pg_walfile_name(pg_current_wal_lsn())")
                .split(" "));
        return "pg_wal/" + complete.get(random.nextInt(complete.size()));
    }
}
