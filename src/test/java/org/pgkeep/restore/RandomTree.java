package org.pgkeep.restore;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.pgkeep.repository.PathName;

/** Fills a cluster with files of every kind: exotic names, holes, partial last blocks, nothing at all. */
final class RandomTree {
    private static final List<byte[]> NAMES = List.of(
            name("16384"),
            name("with space"),
            name("new\nline"),
            name("quote'\"`$\\"),
            name("Übergröße"),
            name("漢字"),
            new byte[] {'b', 'a', 'd', (byte) 0xFF, (byte) 0xC3, '('},
            name("-rf *"),
            name("%41%00"),
            name("a".repeat(250)));

    private final Random random;

    RandomTree(long seed) {
        this.random = new Random(seed);
    }

    private static byte[] name(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    void fill(Cluster cluster) {
        List<PathName> parents = new ArrayList<>(List.of(PathName.of("base")));
        for (int i = 0; i < 12; i++) {
            PathName parent = parents.get(random.nextInt(parents.size()));
            PathName path = parent.child(NAMES.get(random.nextInt(NAMES.size())));
            if (!cluster.directories.containsKey(path) && path.bytes().length < 1000) {
                cluster.directories.put(path, random.nextBoolean() ? 0700 : 0750);
                parents.add(path);
            }
        }
        for (PathName parent : parents) {
            for (byte[] name : NAMES) {
                PathName path = parent.child(name);
                if (!cluster.directories.containsKey(path) && random.nextInt(3) > 0) {
                    cluster.files.put(path, content());
                }
            }
        }
        cluster.file("base/big", holed(9 << 20));
    }

    private byte[] content() {
        return switch (random.nextInt(8)) {
            case 0 -> new byte[0];
            case 1 -> new byte[random.nextInt(1 << 18)];
            case 2 -> Cluster.bytes(random, 8192);
            case 3 -> Cluster.bytes(random, 8191);
            case 4 -> holed(random.nextInt(1 << 21));
            default -> Cluster.bytes(random, random.nextInt(60_000));
        };
    }

    /** Random content in which half of the stretches are zero, often also the last. */
    private byte[] holed(int length) {
        byte[] content = new byte[length];
        int at = 0;
        while (at < length) {
            int stretch = Math.min(length - at, 1 + random.nextInt(300_000));
            if (random.nextBoolean()) {
                System.arraycopy(Cluster.bytes(random, stretch), 0, content, at, stretch);
            }
            at += stretch;
        }
        return content;
    }
}
