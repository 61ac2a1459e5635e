package org.pgkeep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.pgkeep.codec.Xxh3;

/** Ways in which a repository was found broken; each is done to a copy of a sound one with two backups. */
final class Museum {
    private static final String HASH = "\"hash\" : \"";
    private static final int HASH_DIGITS = 16;

    private final String older;
    private final String newer;

    /** Of a repository with backups of these labels. */
    Museum(String older, String newer) {
        this.older = "clusters/main/backups/" + older;
        this.newer = "clusters/main/backups/" + newer;
    }

    /** Breaks the repository in this directory. */
    interface Damage {
        void to(Path repository) throws IOException;
    }

    /** One way to be broken. */
    record Exhibit(String title, Damage damage) {}

    List<Exhibit> exhibits() {
        return List.of(
                new Exhibit("nothing is broken", _ -> {}),
                new Exhibit("the directory is missing", repository -> Files.move(repository, aside(repository))),
                new Exhibit("the directory is a file", repository -> {
                    Files.move(repository, aside(repository));
                    Files.writeString(repository, "");
                }),
                new Exhibit("repository.json is missing", delete("repository.json")),
                new Exhibit("repository.json is empty", write("repository.json", "")),
                new Exhibit(
                        "repository.json was edited", edit("repository.json", text -> text.replace("none", "NONE"))),
                new Exhibit("repository.json is of a later format", later("repository.json")),
                new Exhibit("repository.json is a directory", folder("repository.json")),
                new Exhibit("cluster.json is missing", delete("clusters/main/cluster.json")),
                new Exhibit("cluster.json is garbage", write("clusters/main/cluster.json", "garbage\n")),
                new Exhibit(
                        "cluster.json is of another system identifier",
                        sealed("clusters/main/cluster.json", text -> text.replace("7998392938210000897", "4711"))),
                new Exhibit("cluster.json is of a later format", later("clusters/main/cluster.json")),
                new Exhibit("a bit of a backup's record", flip(newer + "/backup.json")),
                new Exhibit("a backup's record is empty", write(newer + "/backup.json", "")),
                new Exhibit("a backup's record is of a later format", later(newer + "/backup.json")),
                new Exhibit("a backup's record is missing", delete(newer + "/backup.json")),
                new Exhibit("a backup's record is a directory", folder(newer + "/backup.json")),
                new Exhibit(
                        "all records of backups are damaged",
                        both(flip(newer + "/backup.json"), flip(older + "/backup.json"))),
                new Exhibit("a manifest is missing", delete(newer + "/manifest.pb.zst")),
                new Exhibit("a bit of a manifest", flip(newer + "/manifest.pb.zst")),
                new Exhibit("a pack is missing", delete(newer + "/packs/1.pack")),
                new Exhibit("a pack lost its end", truncate(newer + "/packs/1.pack", 100)),
                new Exhibit("a bit of a pack", flip(newer + "/packs/1.pack")),
                new Exhibit(
                        "a backup under another label",
                        repository -> copy(
                                repository.resolve(older),
                                repository.resolve("clusters/main/backups/20200101-000000F"))),
                new Exhibit("a file among the backups", write("clusters/main/backups/readme.txt", "hello")),
                new Exhibit("a file in a backup", write(newer + "/readme.txt", "hello")),
                new Exhibit("a mark is garbage", write("clusters/main/marks/" + name(newer) + ".json", "garbage")),
                new Exhibit("a lease is garbage", write("clusters/main/leases/backup.json", "garbage")),
                new Exhibit("a fence is garbage", write("clusters/main/fence.json", "garbage")),
                new Exhibit("an attempt is garbage", write("clusters/main/attempts/20200101-000000F.json", "garbage")),
                new Exhibit(
                        "a timeline's history is garbage",
                        write("clusters/main/wal/1/00000002.history-" + "0".repeat(32), "garbage")),
                new Exhibit("a link that leads to itself", repository -> loop(repository.resolve(newer + "/packs"))));
    }

    private static Path aside(Path repository) {
        return repository.resolveSibling("aside");
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Damage both(Damage one, Damage other) {
        return repository -> {
            one.to(repository);
            other.to(repository);
        };
    }

    private static Damage delete(String name) {
        return repository -> Files.delete(repository.resolve(name));
    }

    private static Damage write(String name, String content) {
        return repository -> {
            Path file = repository.resolve(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, content);
        };
    }

    private static Damage truncate(String name, int length) {
        return repository -> Files.write(
                repository.resolve(name), Arrays.copyOf(Files.readAllBytes(repository.resolve(name)), length));
    }

    /** In the middle, where content is. */
    private static Damage flip(String name) {
        return repository -> {
            byte[] content = Files.readAllBytes(repository.resolve(name));
            content[content.length / 2] ^= 1;
            Files.write(repository.resolve(name), content);
        };
    }

    private static Damage folder(String name) {
        return repository -> {
            Files.delete(repository.resolve(name));
            Files.createDirectory(repository.resolve(name));
            Files.writeString(repository.resolve(name).resolve("inside"), "");
        };
    }

    private static Damage edit(String name, UnaryOperator<String> change) {
        return repository ->
                Files.writeString(repository.resolve(name), change.apply(Files.readString(repository.resolve(name))));
    }

    private static Damage later(String name) {
        return sealed(name, text -> text.replaceFirst("\"format\" : \\d+", "\"format\" : 99"));
    }

    /** Changed as a program would change it that knows the format: with the right hash. */
    private static Damage sealed(String name, UnaryOperator<String> change) {
        return edit(name, text -> withHash(change.apply(text)));
    }

    private static String withHash(String text) {
        int at = text.lastIndexOf(HASH) + HASH.length();
        String zeros = text.substring(0, at) + "0".repeat(HASH_DIGITS) + text.substring(at + HASH_DIGITS);
        byte[] bytes = zeros.getBytes(StandardCharsets.UTF_8);
        return text.substring(0, at) + Xxh3.hex16(Xxh3.hash(bytes, 0, bytes.length)) + text.substring(at + HASH_DIGITS);
    }

    private static void loop(Path folder) throws IOException {
        Files.move(folder, folder.resolveSibling("was-packs"));
        Files.createSymbolicLink(folder, Path.of("packs"));
    }

    /** A copy of a directory with all that is in it. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }
}
