package org.pgkeep.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pgkeep.demo.DirectoryTree;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.postgres.MajorVersion;

/**
 * Chains of incremental backups of one cluster with a tablespace {@code other}, all on the same full backup: one chain for every way to find
 * changes that the server's version knows.
 */
public final class Chains {
    private static final Pattern LABEL = Pattern.compile("\"label\" : \"(\\d{8}-\\d{6}[FDI])\"");

    private static final Comparator<String> HASH_FIRST =
            Comparator.comparing((String way) -> !way.equals("hash")).thenComparing(Comparator.naturalOrder());

    private final BackedUpCluster source;

    /** The newest backup of each way; hash first, for it trusts nothing. */
    private final Map<String, String> newest = new TreeMap<>(HASH_FIRST);

    private Chains(BackedUpCluster source) {
        this.source = source;
    }

    /** Makes a server ready for all ways that it can have: call it before the server's first start. */
    public static TestCluster prepare(TestCluster cluster) {
        return hasSummaries(cluster) ? cluster.with("summarize_wal", "on") : cluster;
    }

    private static boolean hasSummaries(TestCluster cluster) {
        return cluster.server().binaries().major().isAtLeast(MajorVersion.V17);
    }

    /** Makes the full backup. */
    public static Chains begin(BackedUpCluster source) {
        List<String> ways = new ArrayList<>(List.of("hash", "lsn", "files"));
        if (hasSummaries(source.cluster())) {
            PtrackDouble.install(source.cluster());
            ways.add("summary");
            ways.add("ptrack");
        }
        String full = label(source.succeeds("backup", "--type", "full", "-o", "json"));
        Chains chains = new Chains(source);
        ways.forEach(way -> chains.newest.put(way, full));
        return chains;
    }

    /** The label of a backup that was told as JSON. */
    public static String label(ProgramRun backup) {
        Matcher matcher = LABEL.matcher(backup.out());
        assertThat(matcher.find()).as(backup.out() + backup.err()).isTrue();
        return matcher.group(1);
    }

    /** Adds an incremental backup to every chain. */
    public void grow() {
        newest.replaceAll((way, last) -> {
            ProgramRun run = source.succeeds("backup", "--base", last, "--changes", way, "-o", "json");
            assertThat(run.out()).contains("\"changes\" : \"" + way + "\"");
            return label(run);
        });
    }

    /**
     * The newest backups hold the relations of the server, on which nothing moves, and as to everything else the same as each
     * other to the last byte.
     *
     * @param name of what is restored, new for each call
     * @param when told if it is not so
     */
    public void assertAllHoldTheSame(String name, String when) {
        @Nullable Path first = null;
        for (Map.Entry<String, String> chain : newest.entrySet()) {
            String way = chain.getKey();
            Path restored = restore(name + "-" + way, "--backup", chain.getValue(), "--target", "immediate");
            assertThat(PageComparison.masked(source.cluster().data(), restored))
                    .as("changes by %s, %s", way, when)
                    .isEmpty();
            if (first == null) {
                first = restored;
            } else {
                assertThat(PageComparison.exact(first, restored))
                        .as("changes by hash and by %s, %s", way, when)
                        .isEmpty();
                DirectoryTree.delete(restored);
            }
        }
    }

    /** Restores the newest backup of one of the chains, up to the end of the archive. */
    public Path restoreOne(long chance) {
        List<String> labels = List.copyOf(newest.values());
        return restore("end", "--backup", labels.get(Math.floorMod(chance, labels.size())));
    }

    private Path restore(String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--tablespace-map", "other=" + source.cluster().directory(name + "-other")));
        return source.restore(name, all.toArray(String[]::new));
    }
}
