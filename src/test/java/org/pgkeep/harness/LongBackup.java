package org.pgkeep.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A backup that takes long, so that there is time for things to happen while files are copied. */
public final class LongBackup {
    /** How it compresses; what resumes it must do so, too. */
    public static final String COMPRESSION = "bzip2:9";

    private static final List<String> SLOWLY = List.of("--compress", COMPRESSION, "--jobs", "1", "--pack-size", "1MiB");

    private LongBackup() {}

    /** Makes tables of about 30 MB each that hardly compress. */
    public static void fill(TestCluster cluster, String... tables) {
        for (String table : tables) {
            cluster.sql("CREATE TABLE " + table
                    + " AS SELECT i AS id, md5(i::text) || md5((i * 3)::text) || md5((i * 7)::text) AS note"
                    + " FROM generate_series(1, 200000) i");
        }
        cluster.sql("CHECKPOINT");
    }

    /** Starts a backup that takes seconds, and waits until it copies. Who needs it to wait sends it STOP, and CONT. */
    public static Pgkeep.Running start(BackedUpCluster source, String... arguments) {
        Set<Path> before = packs(source.repository());
        return copying(source, before, source.start("backup", slowly(arguments)));
    }

    /** Starts a full backup that takes a minute for each table that was filled, and waits until it copies: for who ends it. */
    public static Pgkeep.Running startForMinutes(BackedUpCluster source, String... arguments) {
        Set<Path> before = packs(source.repository());
        List<String> full = new ArrayList<>(List.of("--type", "full"));
        full.addAll(List.of(arguments));
        return copying(source, before, source.startInterpreted("backup", slowly(full.toArray(String[]::new))));
    }

    private static String[] slowly(String... arguments) {
        List<String> all = new ArrayList<>(SLOWLY);
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private static Pgkeep.Running copying(BackedUpCluster source, Set<Path> before, Pgkeep.Running backup) {
        Wait.until(
                "a pack being written",
                () -> !backup.process().isAlive() || !before.containsAll(packs(source.repository())));
        assertThat(backup.process().isAlive()).as(backup.text()).isTrue();
        return backup;
    }

    /** Waits until it has closed so many packs. */
    public static void awaitPacks(BackedUpCluster source, Pgkeep.Running backup, int count) {
        Wait.until(count + " closed packs", () -> !backup.process().isAlive() || closedPacks(source) >= count);
        assertThat(backup.process().isAlive()).as(backup.text()).isTrue();
    }

    /** How many closed packs its repository has. */
    public static int closedPacks(BackedUpCluster source) {
        return (int) packs(source.repository()).stream()
                .filter(file -> file.getFileName().toString().matches("[0-9]+\\.pack"))
                .count();
    }

    /** Packs, also those that are being written. */
    private static Set<Path> packs(Path repository) {
        return LiveTree.files(repository).stream()
                .filter(file -> file.toString().contains("/packs/"))
                .collect(Collectors.toSet());
    }
}
