package org.pgkeep.storage.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;

/** What takes other processes, other users or other file systems to see. */
final class PosixProcessTest {
    private static final int NAMES = 60;

    @TempDir
    private Path directory;

    @Test
    void ofThreeProcessesExactlyOneWinsEachName() throws Exception {
        List<Process> children = start("create", NAMES);
        List<String> won = new ArrayList<>();
        for (Process child : children) {
            won.addAll(PosixChild.output(child));
        }
        assertThat(won).hasSize(NAMES).doesNotHaveDuplicates();
    }

    @Test
    void aCounterKeptByThreeProcessesLosesNoIncrement() throws Exception {
        ObjectName state = new ObjectName("state");
        try (Storage storage = PosixStorage.open(directory)) {
            storage.create(state, "0".getBytes(StandardCharsets.US_ASCII));
            for (Process child : start("increment", 30)) {
                assertThat(PosixChild.output(child)).containsExactly("done");
            }
            try (ObjectReader reader = storage.open(state).orElseThrow()) {
                ByteBuffer count = ByteBuffer.allocate((int) reader.size());
                reader.read(0, count);
                assertThat(new String(count.array(), StandardCharsets.US_ASCII)).isEqualTo("90");
            }
        }
    }

    private List<Process> start(String what, int number) throws IOException {
        List<Process> children = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            children.add(PosixChild.start(List.of(), what, directory, number));
        }
        return children;
    }

    @Test
    void aStrictUmaskDoesNotKeepTheGroupOut() throws IOException {
        PosixChild.run(List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"), "create", directory, 1);
        assertThat(permissions("folder")).isEqualTo("rwxr-x---");
        assertThat(permissions("folder/0")).isEqualTo("rwxr-x---");
        assertThat(permissions("folder/0/0")).isEqualTo("rw-r-----");
    }

    @Test
    void aSharedFolderKeepsItsSetGroupIdBit() throws IOException {
        Files.setAttribute(directory, "unix:mode", 02750);
        PosixChild.run(List.of("sh", "-c", "umask 022; exec \"$@\"", "sh"), "create", directory, 1);
        int mode = (Integer) Files.getAttribute(directory.resolve("folder/0"), "unix:mode");
        assertThat(Integer.toOctalString(mode & 07777)).isEqualTo("2750");
    }

    @Test
    void whatTheOperatingSystemForbidsIsAPermissionErrorThatNamesThePath() throws IOException {
        List<String> asOrdinaryUser = ordinaryUser();
        openUpTo(directory);
        Files.createDirectory(directory.resolve("folder"));
        Files.createDirectory(directory.resolve("folder/0"));
        Files.createFile(directory.resolve("folder/0/0"));
        set(directory, "rwxrwxrwx");
        set(directory.resolve("folder"), "r-xr-xr-x");
        set(directory.resolve("folder/0"), "r-xr-xr-x");
        set(directory.resolve("folder/0/0"), "---------");
        for (String what : List.of("create", "read", "delete")) {
            assertThat(PosixChild.run(asOrdinaryUser, what, directory, what.equals("create") ? 1 : 0))
                    .as(what)
                    .singleElement()
                    .asString()
                    .startsWith("PERMISSION ")
                    .contains(directory.resolve("folder/0/").toString())
                    .endsWith("permission denied");
        }
        set(directory.resolve("folder"), "rwxr-xr-x");
        set(directory.resolve("folder/0"), "rwxr-xr-x");
    }

    /** Root is refused nothing: then somebody else has to try. */
    private static List<String> ordinaryUser() {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        assumeThat(Path.of("/usr/bin/setpriv")).exists();
        return List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    }

    /** Lets everybody reach a temporary directory and our classes, or gives the test up. */
    private static void openUpTo(Path directory) throws IOException {
        set(directory, "rwxrwxrwx");
        for (Path path = PosixChild.directoryOf(PosixStorage.class); path != null; path = path.getParent()) {
            assumeThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .as("%s is open to everybody", path)
                    .endsWith("x");
        }
    }

    @Test
    void aFullDiskIsSaidAndLeavesNothingBehind() throws Exception {
        // Zeros would take no room.
        byte[] content = new byte[2 << 20];
        Arrays.fill(content, (byte) 1);
        try (Tmpfs disk = Tmpfs.mount(directory, "1m");
                Storage storage = PosixStorage.open(disk.directory())) {
            ObjectName name = new ObjectName("folder/big");
            try (ObjectWriter writer = storage.write(name)) {
                assertThatExceptionOfType(PgkeepException.class)
                        .isThrownBy(() -> writer.write(ByteBuffer.wrap(content)))
                        .withMessageContaining(storage.location(name))
                        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
            }
            assertThat(disk.directory()).isEmptyDirectory();
            assertThat(storage.create(name, new byte[1000])).isTrue();
        }
    }

    @Test
    void aReadOnlyFileSystemIsReadAndRefusesChangesClearly() throws Exception {
        try (Tmpfs disk = Tmpfs.mount(directory, "1m");
                Storage storage = PosixStorage.open(disk.directory())) {
            ObjectName name = new ObjectName("folder/object");
            storage.create(name, new byte[10]);
            disk.makeReadOnly();
            assertThat(storage.info(name)).isPresent();
            assertThat(storage.list("")).hasSize(1);
            for (Runnable change : List.<Runnable>of(
                    () -> storage.create(new ObjectName("folder/other"), new byte[1]),
                    () -> storage.create(new ObjectName("other/other"), new byte[1]),
                    () -> storage.delete(name))) {
                assertThatExceptionOfType(PgkeepException.class)
                        .isThrownBy(change::run)
                        .withMessageContaining("read-only file system")
                        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION));
            }
        }
    }

    private String permissions(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(path)));
    }

    private static void set(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    /** A small file system of our own; only root can make one. */
    private record Tmpfs(Path directory) implements AutoCloseable {
        static Tmpfs mount(Path within, String size) throws IOException {
            Path directory = Files.createDirectory(within.resolve("disk"));
            int status = run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", directory.toString());
            assumeThat(status).as("mount, which only root can").isZero();
            return new Tmpfs(directory);
        }

        void makeReadOnly() throws IOException {
            assertThat(run("mount", "-o", "remount,ro", directory.toString())).isZero();
        }

        private static int run(String... command) throws IOException {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
        }

        @Override
        public void close() throws IOException {
            run("umount", "--lazy", directory.toString());
        }
    }
}
