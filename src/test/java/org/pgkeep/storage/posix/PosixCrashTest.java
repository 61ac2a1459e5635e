package org.pgkeep.storage.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.Storage;

/** A writing process is killed ({@code SIGKILL}) at any moment: what it reported is there, and nothing is there in part. */
final class PosixCrashTest {
    private static final int ROUNDS = 8;
    private static final int CHURN_STRIDE = 1_000_000;

    @TempDir
    private Path root;

    @Test
    void aKilledWriterLeavesEachObjectWholeOrNotAtAll() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<String> said = killAfter(random.nextInt(1, 120), random.nextInt(1_000_000), round * CHURN_STRIDE);
            try (Storage storage = PosixStorage.open(root)) {
                String at = "seed %d, round %d".formatted(seed, round);
                checkReported(storage, said, at);
                checkWhole(storage, at);
                storage.sweepAbandoned("", Instant.now().plusSeconds(60));
                assertThat(temporaryFiles()).as(at).isEmpty();
                checkWhole(storage, at);
                clear(storage);
            }
        }
    }

    private List<String> killAfter(int lines, int nanos, int from) throws Exception {
        Process child = PosixChild.start(List.of(), "churn", root, from);
        List<String> said = new ArrayList<>();
        try (BufferedReader output = child.inputReader()) {
            for (int i = 0; i < lines; i++) {
                said.add(String.valueOf(output.readLine()));
            }
            Thread.sleep(0, nanos);
            // By its handle: the process object would close the output with what is still in it.
            child.toHandle().destroyForcibly();
            output.lines().forEach(said::add);
        }
        assertThat(child.waitFor()).as("died by the signal").isEqualTo(128 + 9);
        return said;
    }

    private static void checkReported(Storage storage, List<String> said, String at) throws IOException {
        for (String line : said) {
            int number = Integer.parseInt(line.substring(line.indexOf(' ') + 1));
            if (line.startsWith("created") && !said.contains("deleting " + number)) {
                assertThat(content(storage, PosixChild.object(number))).as(at).isEqualTo(PosixChild.content(number));
            }
            if (line.startsWith("deleted")) {
                assertThat(storage.info(PosixChild.object(number))).as(at).isEmpty();
            }
        }
    }

    private static void checkWhole(Storage storage, String at) {
        for (ObjectName name : names(storage)) {
            byte[] content = content(storage, name);
            if (name.value().equals("state")) {
                assertThat(content).as(at).hasSize(5000).containsOnly(content[0]);
            } else {
                assertThat(content).as(at).isEqualTo(PosixChild.content(Integer.parseInt(name.last())));
            }
        }
    }

    private static void clear(Storage storage) {
        names(storage).stream().filter(name -> !name.value().equals("state")).forEach(storage::delete);
    }

    private static List<ObjectName> names(Storage storage) {
        try (var list = storage.list("")) {
            return list.map(info -> info.name()).toList();
        }
    }

    private List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".tmp")).toList();
        }
    }

    private static byte[] content(Storage storage, ObjectName name) {
        try (ObjectReader reader = storage.open(name).orElseThrow()) {
            ByteBuffer target = ByteBuffer.allocate((int) reader.size());
            reader.read(0, target);
            return target.array();
        }
    }
}
