package org.pgkeep.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.pgkeep.demo.ProgramRun;
import org.pgkeep.demo.RunAs;

/** A file system of a few megabytes that can be filled up. Only root can mount one: for others the test is skipped. */
public final class SmallDisk implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int BLOCK_BYTES = 4 << 10;

    private final Path mount;
    private final Path ballast;

    private SmallDisk(Path mount) {
        this.mount = mount;
        this.ballast = mount.resolve("ballast");
    }

    /** Mounts one for the user of the servers. */
    public static SmallDisk mount(int megabytes) {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can mount a small file system");
        RunAs runAs = RunAs.forServers();
        Path mount = runAs.createDirectory(Temporary.root("disks").resolve(Long.toHexString(System.nanoTime())));
        ProgramRun mounted = run("mount", "-t", "tmpfs", "-o", "mode=0755,size=" + megabytes + "m", "tmpfs", mount);
        assumeTrue(mounted.exitStatus() == 0, "no tmpfs can be mounted here: " + mounted.err());
        runAs.own(mount);
        return new SmallDisk(mount);
    }

    private static ProgramRun run(Object... words) {
        List<String> command = List.of(words).stream().map(Object::toString).toList();
        return ProgramRun.of(command, Path.of("/"), Map.of(), LONGEST);
    }

    /** Its root, owned by the server's user. */
    public Path root() {
        return mount;
    }

    /** Fills it up, then gives this much room back. */
    public SmallDisk leave(long bytes) {
        try (FileChannel channel = FileChannel.open(ballast, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            fill(channel);
            FileChannel _ = channel.truncate(channel.size() - bytes);
            return this;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until it is full: what the file system says of its free space is no promise. */
    private static void fill(FileChannel channel) {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        try {
            while (true) {
                int _ = channel.write(block.clear());
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
    }

    /** Gives the room back. */
    public void free() {
        try {
            Files.delete(ballast);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        // Lazily: a server that is being stopped may still look at it.
        run("umount", "-l", mount).orThrow();
    }
}
