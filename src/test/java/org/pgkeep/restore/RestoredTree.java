package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgkeep.repository.PathName;

/** Compares a directory with the made-up cluster that was restored into it. */
final class RestoredTree {
    private static final List<String> OURS =
            List.of("backup_label", "backup_manifest", "recovery.signal", "postgresql.auto.conf");

    private RestoredTree() {}

    /** Files on disk, without those that a restore writes beside the backup's. */
    static Map<PathName, byte[]> files(Path root) throws IOException {
        Map<PathName, byte[]> found = new TreeMap<>();
        byte[] base = PathName.bytesOf(root);
        try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                byte[] whole = PathName.bytesOf(path);
                PathName relative = PathName.of(Arrays.copyOfRange(whole, base.length + 1, whole.length));
                found.put(relative, Files.readAllBytes(path));
            }
        }
        OURS.forEach(ours -> found.remove(PathName.of(ours)));
        return found;
    }

    static void assertContent(Cluster cluster, Path target) throws IOException {
        TreeMap<PathName, byte[]> expected = new TreeMap<>(cluster.files);
        expected.remove(PathName.of("postgresql.auto.conf"));
        Map<PathName, byte[]> found = files(target);
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((path, content) ->
                assertThat(found.get(path)).as("content of " + path).isEqualTo(content));
    }

    static void assertAttributes(Cluster cluster, Path target) throws IOException {
        for (Map.Entry<PathName, Integer> wanted : cluster.directories.entrySet()) {
            Path path = wanted.getKey().bytes().length == 0
                    ? target
                    : wanted.getKey().under(target);
            assertThat((int) Files.getAttribute(path, "unix:mode") & 07777)
                    .as("mode of " + path)
                    .isEqualTo(wanted.getValue());
        }
        for (PathName path : cluster.files.keySet()) {
            if (!path.equals(PathName.of("postgresql.auto.conf"))) {
                Path file = path.under(target);
                assertThat(Files.getLastModifiedTime(file).toInstant())
                        .as("time of " + path)
                        .isEqualTo(Cluster.MODIFIED);
                assertThat((int) Files.getAttribute(file, "unix:mode") & 07777)
                        .as("mode of " + path)
                        .isEqualTo(cluster.mode(path));
            }
        }
    }
}
