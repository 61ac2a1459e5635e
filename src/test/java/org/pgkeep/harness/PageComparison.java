package org.pgkeep.harness;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares two data directories page by page. Exact: every byte of every file but {@link PageMask#maskUnlogged}. Masked: what two
 * servers that replayed the same WAL may differ in does not count ({@link PageMask}); of relations the main fork is looked at, of
 * unlogged ones the init fork, from which recovery makes the others, and nothing else.
 */
public final class PageComparison {
    private static final int BLOCK = 8192;
    private static final int DIFFERENCES_MAX = 20;
    private static final String INIT = "_init";
    private static final Pattern SEGMENT = Pattern.compile("\\.\\d+$");

    /** What the server writes for itself, and what a restore makes anew. */
    private static final List<String> NOT_COMPARED = List.of(
            "pg_wal/",
            "pg_xlog/",
            "pg_replslot/",
            "pg_dynshmem/",
            "pg_notify/",
            "pg_serial/",
            "pg_snapshots/",
            "pg_stat_tmp/",
            "pg_subtrans/",
            "pg_stat/",
            "pg_logical/",
            "postmaster.",
            "backup_label",
            "tablespace_map",
            "backup_manifest",
            "recovery.",
            "standby.signal",
            "postgresql.auto.conf",
            "pg_internal.init",
            "current_logfiles",
            "global/pg_control",
            "server.log",
            "log/");

    private PageComparison() {}

    /** Differences of two directories that no server runs on, byte by byte; none when the list is empty. */
    public static List<String> exact(Path expected, Path actual) {
        return compare(expected, actual, path -> true, false);
    }

    /** Differences of the relations of two directories that no server runs on, as far as they mean anything. */
    public static List<String> masked(Path expected, Path actual) {
        return compare(expected, actual, PageComparison::isRelation, true);
    }

    private static List<String> compare(Path expected, Path actual, Predicate<String> wanted, boolean masked) {
        try {
            Map<String, Path> left = files(expected, wanted, masked);
            Map<String, Path> right = files(actual, wanted, masked);
            List<String> differences = new ArrayList<>();
            left.keySet().stream()
                    .filter(name -> !right.containsKey(name))
                    .forEach(name -> differences.add("missing: " + name));
            right.keySet().stream()
                    .filter(name -> !left.containsKey(name))
                    .forEach(name -> differences.add("extra: " + name));
            for (String name : left.keySet()) {
                Path other = right.get(name);
                if (other != null) {
                    compareFile(name, left.get(name), other, masked, differences);
                }
            }
            return differences.subList(0, Math.min(DIFFERENCES_MAX, differences.size()));
        } catch (IOException e) {
            throw new AssertionError("cannot compare " + expected + " with " + actual, e);
        }
    }

    private static Map<String, Path> files(Path root, Predicate<String> wanted, boolean loggedOnly) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        // Links are followed: tablespaces are compared by their contents.
        try (Stream<Path> paths = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            paths.filter(Files::isRegularFile).forEach(path -> {
                String name = root.relativize(path).toString();
                if (NOT_COMPARED.stream().noneMatch(prefix -> name.startsWith(prefix) || name.endsWith("/" + prefix))
                        && wanted.test(name)) {
                    files.put(name, path);
                }
            });
        }
        if (loggedOnly) {
            files.keySet().removeAll(unlogged(files.keySet()));
        }
        return files;
    }

    /** The main fork, or the init fork. */
    private static boolean isRelation(String name) {
        String file = name.substring(name.lastIndexOf('/') + 1);
        return (name.startsWith("base/") || name.startsWith("global/") || name.startsWith("pg_tblspc/"))
                && file.matches("\\d+(\\.\\d+|_init)?");
    }

    /** Main forks of which there is an init fork: a backup need not have them. */
    private static List<String> unlogged(Set<String> names) {
        return names.stream()
                .filter(name -> !name.endsWith(INIT)
                        && names.contains(SEGMENT.matcher(name).replaceFirst("") + INIT))
                .toList();
    }

    private static void compareFile(String name, Path left, Path right, boolean masked, List<String> differences)
            throws IOException {
        if (!masked) {
            long at = Files.mismatch(left, right);
            if (at >= 0 && !isUnlogged(left, right, at)) {
                differences.add(name + ": differs at byte " + at + ", block " + at / BLOCK);
            }
            return;
        }
        byte[] one = Files.readAllBytes(left);
        byte[] two = Files.readAllBytes(right);
        // An extension that was not written to yet is not in the WAL: pages that only one side has must be empty.
        for (int block = 0; block * BLOCK < Math.max(one.length, two.length); block++) {
            byte[] a = PageMask.apply(page(one, block));
            byte[] b = PageMask.apply(page(two, block));
            int at = Arrays.mismatch(a, b);
            if (at >= 0) {
                differences.add(name + ": block " + block + " differs at byte " + at);
            }
        }
    }

    /** Whether the files differ in nothing but what the server changes on a first page without saying so. */
    private static boolean isUnlogged(Path left, Path right, long at) throws IOException {
        if (at >= BLOCK || Files.size(left) != Files.size(right) || Files.size(left) % BLOCK != 0) {
            return false;
        }
        byte[] one = Files.readAllBytes(left);
        byte[] two = Files.readAllBytes(right);
        return Arrays.equals(PageMask.maskUnlogged(page(one, 0)), PageMask.maskUnlogged(page(two, 0)))
                && Arrays.equals(one, BLOCK, one.length, two, BLOCK, two.length);
    }

    private static byte[] page(byte[] file, int block) {
        byte[] page = new byte[BLOCK];
        int from = block * BLOCK;
        if (from < file.length) {
            System.arraycopy(file, from, page, 0, Math.min(BLOCK, file.length - from));
        }
        return page;
    }
}
