package org.pgkeep.storage.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.StorageContract;

final class PosixStorageTest extends StorageContract {
    @TempDir
    private Path directory;

    @Override
    protected Storage make() {
        return PosixStorage.create(root(), PosixOptions.DEFAULT);
    }

    private Path root() {
        return directory.resolve("above/root");
    }

    @Test
    void anObjectIsAFileOfItsName() throws IOException {
        storage().create(name("folder/object"), bytes("content"));
        assertThat(root().resolve("folder/object")).hasContent("content");
        assertThat(storage().location(name("folder/object")))
                .isEqualTo(root().resolve("folder/object").toString());
    }

    @Test
    void permissionsAreThoseOfTheOptions() throws IOException {
        storage().create(name("folder/object"), bytes("x"));
        assertThat(permissions("folder/object")).isEqualTo("rw-r-----");
        assertThat(permissions("folder")).isEqualTo("rwxr-x---");
        assertThat(permissions("")).isEqualTo("rwxr-x---");
        storage().replace(name("folder/object"), version("folder/object"), bytes("y"));
        assertThat(permissions("folder/object")).isEqualTo("rw-r-----");
        var open = new PosixOptions(
                true, PosixFilePermissions.fromString("rw-rw-rw-"), PosixFilePermissions.fromString("rwxrwxrwx"));
        try (Storage shared = PosixStorage.open(root(), open)) {
            shared.create(name("shared/object"), bytes("x"));
        }
        assertThat(permissions("shared/object")).isEqualTo("rw-rw-rw-");
        assertThat(permissions("shared")).isEqualTo("rwxrwxrwx");
    }

    @Test
    void nothingButObjectsAndTheLockIsLeft() throws IOException {
        storage().create(name("a/b/c"), bytes("x"));
        storage().create(name("a/b/c"), bytes("y"));
        storage().replace(name("a/b/c"), version("a/b/c"), bytes("z"));
        storage().replace(name("a/b/c"), "stale", bytes("z"));
        assertThat(files()).containsExactly(".lock", "a", "a/b", "a/b/c");
        storage().delete(name("a/b/c"));
        assertThat(files()).containsExactly(".lock");
    }

    @Test
    void anAbandonedWriterRemovesItsFolders() throws IOException {
        storage().write(name("a/b/c")).close();
        assertThat(files()).isEmpty();
    }

    @Test
    void filesOfOthersAreNotObjects() throws IOException {
        storage().create(name("a/b"), bytes("x"));
        Files.createFile(root().resolve("a/.hidden"));
        Files.createFile(root().resolve("a/with space"));
        Files.createFile(root().resolve("a/ümlaut"));
        Files.createDirectory(root().resolve("lost+found"));
        Files.createFile(root().resolve("lost+found/x"));
        Files.createDirectories(root().resolve("empty/emptier"));
        Files.createSymbolicLink(root().resolve("a/dangling"), Path.of("nowhere"));
        assertThat(names("")).containsExactly("a/b");
        assertThat(children("")).containsExactly("a");
        assertThat(children("a")).containsExactly("b");
    }

    @Test
    void theRootMayBeALink() throws IOException {
        storage().create(name("a"), bytes("x"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), root());
        try (Storage linked = PosixStorage.create(link, PosixOptions.DEFAULT)) {
            assertThat(linked.info(name("a"))).isEqualTo(storage().info(name("a")));
            assertThat(linked.create(name("f/b"), bytes("y"))).isTrue();
            assertThat(linked.delete(name("f/b"))).isTrue();
            assertThat(linked.delete(name("a"))).isTrue();
        }
        assertThat(link).isSymbolicLink();
    }

    @Test
    void aFolderMayBeALinkAndStaysWhenItBecomesEmpty() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.createSymbolicLink(root().resolve("linked"), elsewhere);
        storage().create(name("linked/folder/a"), bytes("x"));
        assertThat(elsewhere.resolve("folder/a")).hasContent("x");
        assertThat(names("")).containsExactly("linked/folder/a");
        storage().delete(name("linked/folder/a"));
        assertThat(root().resolve("linked")).isSymbolicLink();
        assertThat(elsewhere).isEmptyDirectory();
        storage().create(name("linked/b"), bytes("y"));
        storage().delete(name("linked/b"));
        assertThat(root().resolve("linked")).isSymbolicLink();
    }

    @Test
    void aLinkToADiskThatIsNotMountedIsNotAnEmptyFolder() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.createSymbolicLink(root().resolve("linked"), elsewhere);
        storage().create(name("linked/folder/a"), bytes("x"));
        Files.move(elsewhere, directory.resolve("unmounted"));
        for (Runnable look : List.<Runnable>of(
                () -> storage().info(name("linked/folder/a")),
                () -> storage().open(name("linked/b")),
                () -> names("linked"),
                () -> children("linked/folder"),
                () -> storage().create(name("linked/c"), bytes("y")))) {
            assertThatThrownBy(look::run)
                    .isInstanceOf(PgkeepException.class)
                    .hasMessageContaining("the link " + root().resolve("linked") + " leads to nothing");
        }
        assertThat(names("")).as("what is foreign there hinders nobody").isEmpty();
    }

    @Test
    void aMissingRootIsSaidAtOnce() {
        Path missing = directory.resolve("missing");
        assertThatFails(ErrorCode.PATH_MISSING, () -> PosixStorage.open(missing))
                .withMessageContaining(missing.toString());
        assertThat(missing).doesNotExist();
    }

    @Test
    void aFileIsNoRoot() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatFails(ErrorCode.PATH_MISSING, () -> PosixStorage.open(file));
        assertThatFails(ErrorCode.PATH_MISSING, () -> PosixStorage.create(file, PosixOptions.DEFAULT));
    }

    @Test
    void aRootThatVanishesIsNotAnEmptyStore() throws IOException {
        Files.delete(root());
        assertThatFails(ErrorCode.PATH_MISSING, () -> storage().info(name("a")));
        assertThatFails(ErrorCode.PATH_MISSING, () -> storage().open(name("a/b")));
        assertThatFails(ErrorCode.PATH_MISSING, () -> names(""));
        assertThatFails(ErrorCode.PATH_MISSING, () -> names("a"));
        assertThatFails(ErrorCode.PATH_MISSING, () -> children("a"));
        assertThatFails(ErrorCode.PATH_MISSING, () -> namesIn("a"));
        assertThatFails(ErrorCode.PATH_MISSING, () -> storage().delete(name("a")));
        assertThatFails(ErrorCode.PATH_MISSING, () -> storage().create(name("a/b/c"), bytes("x")));
        assertThatFails(ErrorCode.PATH_MISSING, () -> storage().sweepAbandoned("", Instant.now()));
        assertThat(root()).as("never made again behind an administrator's back").doesNotExist();
    }

    @Test
    void aFileThatShrankUnderItsReaderIsDamage() throws IOException {
        storage().create(name("a"), bytes("0123456789"));
        try (ObjectReader reader = storage().open(name("a")).orElseThrow()) {
            Files.write(root().resolve("a"), bytes("012"));
            assertThatFails(ErrorCode.DAMAGED, () -> reader.read(0, ByteBuffer.allocate(10)))
                    .withMessageContaining("ends at byte 3");
        }
    }

    @Test
    void sweepingRemovesOldTemporaryFilesOnly() throws IOException {
        storage().create(name("kept/object"), bytes("x"));
        Path dead = temporary("dead/folder", ".object.0123456789abcdef.tmp", Duration.ofHours(25));
        Path young = temporary("kept", ".object.0123456789abcdef.tmp", Duration.ofHours(1));
        Path foreign = temporary("kept", ".object.tmp", Duration.ofHours(25));
        assertThat(storage().sweepAbandoned("", Instant.now().minus(Duration.ofHours(24))))
                .isEqualTo(1);
        assertThat(dead).doesNotExist();
        assertThat(root().resolve("dead")).doesNotExist();
        assertThat(List.of(young, foreign)).allSatisfy(file -> assertThat(file).exists());
        assertThat(read("kept/object")).isEqualTo("x");
    }

    @Test
    void sweepingAFolderLeavesOthersAlone() throws IOException {
        storage().create(name("one/object"), bytes("x"));
        Path own = temporary("one/a/b", ".object.0123456789abcdef.tmp", Duration.ofHours(25));
        Path beside = temporary("other/a", ".object.0123456789abcdef.tmp", Duration.ofHours(25));
        assertThat(storage().sweepAbandoned("one", Instant.now().minus(Duration.ofHours(24))))
                .isEqualTo(1);
        assertThat(own).doesNotExist();
        assertThat(root().resolve("one/a")).doesNotExist();
        assertThat(beside).exists();
        assertThat(storage().sweepAbandoned("absent", Instant.now())).isZero();
    }

    private Path temporary(String folder, String name, Duration age) throws IOException {
        Path file = Files.createDirectories(root().resolve(folder)).resolve(name);
        Files.write(file, bytes("half"));
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    @Test
    void aWriterWhoseFileWasSweptFailsAndPublishesNothing() {
        try (ObjectWriter writer = storage().write(name("a"))) {
            writer.write(ByteBuffer.wrap(bytes("x")));
            assertThat(storage().sweepAbandoned("", Instant.now().plusSeconds(60)))
                    .isEqualTo(1);
            assertThatFails(ErrorCode.PATH_MISSING, writer::commit);
        }
        assertThat(names("")).isEmpty();
    }

    @Test
    void anObjectPublishedJustBeforeACrashIsWholeAndItsSecondNameIsSwept() throws IOException {
        storage().create(name("a"), bytes("x"));
        Files.createLink(root().resolve(".a.0123456789abcdef.tmp"), root().resolve("a"));
        assertThat(names("")).containsExactly("a");
        assertThat(storage().create(name("a"), bytes("y"))).isFalse();
        assertThat(storage().sweepAbandoned("", Instant.now().plusSeconds(60))).isEqualTo(1);
        assertThat(read("a")).isEqualTo("x");
        assertThat(files()).containsExactly("a");
    }

    @Test
    void anInterruptedWriterLeavesNothingAndKeepsTheFlag() throws IOException {
        try (ObjectWriter writer = storage().write(name("a"))) {
            writer.write(ByteBuffer.wrap(bytes("x")));
            Thread.currentThread().interrupt();
            assertThatFails(ErrorCode.TERMINATED, writer::commit);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void aSecondStoreOnTheSameRootSeesAndRespectsTheFirst() {
        try (Storage second = PosixStorage.open(root())) {
            storage().create(name("a"), bytes("x"));
            assertThat(second.create(name("a"), bytes("y"))).isFalse();
            assertThat(second.replace(name("a"), version("a"), bytes("z"))).isTrue();
            assertThat(read("a")).isEqualTo("z");
        }
    }

    @Test
    void withoutSyncEverythingElseIsTheSame() {
        try (Storage fast = PosixStorage.open(root(), PosixOptions.DEFAULT.withoutSync())) {
            assertThat(fast.create(name("a/b"), bytes("x"))).isTrue();
            assertThat(fast.create(name("a/b"), bytes("y"))).isFalse();
            assertThat(fast.delete(name("a/b"))).isTrue();
        }
    }

    private String version(String name) {
        return storage().info(name(name)).orElseThrow().version();
    }

    private String permissions(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(root().resolve(path)));
    }

    private Set<String> files() throws IOException {
        Set<String> files = new TreeSet<>();
        try (Stream<Path> walk = Files.walk(root())) {
            walk.filter(path -> !path.equals(root()))
                    .forEach(path -> files.add(root().relativize(path).toString()));
        }
        return files;
    }

    /** The same bytes, whatever is zero and however they come. */
    @ParameterizedTest
    @ValueSource(ints = {1000, 1 << 16, (1 << 16) + 5, 1 << 20})
    void longRunsOfZerosTakeNoRoomAndAreReadAsZeros(int step) throws Exception {
        byte[] content = new byte[3 << 20];
        new Random(step).nextBytes(content);
        Arrays.fill(content, 100_000, 800_000, (byte) 0);
        Arrays.fill(content, 1 << 20, content.length, (byte) 0);
        ObjectName name = name("holes/object-" + step);
        try (ObjectWriter writer = storage().write(name)) {
            for (int at = 0; at < content.length; at += step) {
                writer.write(ByteBuffer.wrap(content, at, Math.min(step, content.length - at)));
            }
            assertThat(writer.size()).isEqualTo(content.length);
            assertThat(writer.commit()).isTrue();
        }
        try (ObjectReader reader = storage().open(name).orElseThrow()) {
            assertThat(reader.size()).isEqualTo(content.length);
            byte[] read = new byte[content.length];
            reader.read(0, ByteBuffer.wrap(read));
            assertThat(read).isEqualTo(content);
        }
        if (step >= 1 << 16) {
            assertThat(bytesOnDisk(root().resolve(name.value()))).isBetween(200_000L, 700_000L);
        }
    }

    private static long bytesOnDisk(Path file) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b %B", file.toString()).start();
        String[] blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip()
                .split(" ");
        return Long.parseLong(blocks[0]) * Long.parseLong(blocks[1]);
    }
}
