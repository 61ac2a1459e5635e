package org.pgkeep.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Does to a data directory what time, servers and people do: changes, cuts, lengthens, removes, adds and replaces files. */
final class Vandal {
    private final Random random;

    Vandal(long seed) {
        this.random = new Random(seed);
    }

    /** Damages some of the files, never the control file. */
    void damage(Path root) throws IOException {
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(root)) {
            walk.filter(path -> !path.equals(root) && !path.endsWith("global") && !path.endsWith("pg_control"))
                    .forEach(paths::add);
        }
        for (Path path : paths) {
            if (random.nextInt(3) == 0 && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                damageOne(path);
            }
        }
    }

    private void damageOne(Path path) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            damageDirectory(path);
            return;
        }
        long size = Files.size(path);
        switch (random.nextInt(7)) {
            case 0 -> write(path, size, 1 + random.nextInt(40_000));
            case 1 -> write(path, random.nextLong(size + 1), 1 + random.nextInt(9000));
            case 2 -> cut(path, random.nextLong(size + 1));
            case 3 -> Files.delete(path);
            case 4 -> {
                Files.delete(path);
                Files.createDirectory(path);
                Files.writeString(path.resolve("inside"), "x");
            }
            case 5 -> Files.setAttribute(path, "unix:mode", 0400);
            default -> {
                Files.delete(path);
                Files.createSymbolicLink(path, Path.of("/etc/passwd"));
            }
        }
    }

    private void damageDirectory(Path path) throws IOException {
        switch (random.nextInt(3)) {
            case 0 -> {
                Path extra = Files.createDirectories(path.resolve("extra/deep"));
                Files.writeString(extra.resolve("file"), "x");
            }
            case 1 -> Files.setAttribute(path, "unix:mode", 0700);
            default -> {
                long _ = Tree.remove(path);
                Files.writeString(path, "a file");
            }
        }
    }

    private void write(Path path, long at, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(Cluster.bytes(random, length)), at);
        }
    }

    private static void cut(Path path, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }
}
