package org.pgkeep.storage.posix;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.ObjectReader;
import org.pgkeep.storage.ObjectWriter;
import org.pgkeep.storage.Storage;

/** Another process at work in a store, for the tests that need one: to race with, to kill, or to run as another user. */
final class PosixChild {
    private static final ObjectName STATE = new ObjectName("state");

    private PosixChild() {}

    /** Does what is asked and prints what came of it, a line each. */
    public static void main(String[] arguments) {
        Path root = Path.of(arguments[1]);
        int number = Integer.parseInt(arguments[2]);
        try (Storage storage = PosixStorage.open(root)) {
            switch (arguments[0]) {
                case "create" -> create(storage, number);
                case "increment" -> increment(storage, number);
                case "churn" -> churn(storage, number);
                case "read" -> say(storage.open(object(number)).isPresent());
                case "delete" -> say(storage.delete(object(number)));
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } catch (PgkeepException e) {
            say(e.code() + " " + e.getMessage());
        }
    }

    /** Tries this many names; says which it won. */
    private static void create(Storage storage, int names) {
        for (int i = 0; i < names; i++) {
            if (storage.create(object(i), content(i))) {
                say(i);
            }
        }
    }

    private static void increment(Storage storage, int times) {
        for (int done = 0; done < times; ) {
            String version = storage.info(STATE).orElseThrow().version();
            int count = Integer.parseInt(text(storage, STATE));
            byte[] next = String.valueOf(count + 1).getBytes(StandardCharsets.US_ASCII);
            done += storage.replace(STATE, version, next) ? 1 : 0;
        }
        say("done");
    }

    /** Creates objects, each with the fitting content, replaces a state and deletes old objects, until it is killed. */
    private static void churn(Storage storage, int from) {
        for (int i = from; i < from + 100_000; i++) {
            say("creating " + i);
            try (ObjectWriter writer = storage.write(object(i))) {
                ByteBuffer content = ByteBuffer.wrap(content(i));
                while (content.hasRemaining()) {
                    int end = Math.min(content.capacity(), content.position() + 4096);
                    writer.write(content.limit(end));
                    content.limit(content.capacity());
                }
                writer.commit();
            }
            say("created " + i);
            byte[] state = new byte[5000];
            Arrays.fill(state, (byte) i);
            storage.info(STATE)
                    .map(ObjectInfo::version)
                    .ifPresentOrElse(v -> storage.replace(STATE, v, state), () -> storage.create(STATE, state));
            if (i >= from + 3) {
                say("deleting " + (i - 3));
                storage.delete(object(i - 3));
                say("deleted " + (i - 3));
            }
        }
    }

    static ObjectName object(int number) {
        return new ObjectName("folder/" + number % 7 + "/" + number);
    }

    /** What the object of this number must hold. */
    static byte[] content(int number) {
        byte[] content = new byte[(int) (number * 7919L % 50_000)];
        Arrays.fill(content, (byte) number);
        return content;
    }

    private static String text(Storage storage, ObjectName name) {
        try (ObjectReader reader = storage.open(name).orElseThrow()) {
            ByteBuffer target = ByteBuffer.allocate((int) reader.size());
            reader.read(0, target);
            return new String(target.array(), StandardCharsets.US_ASCII);
        }
    }

    private static void say(Object line) {
        System.out.println(line);
        System.out.flush();
    }

    /**
     * Starts one.
     *
     * @param before a command that runs the command it is given, such as {@code setpriv …}; may be empty
     */
    static Process start(List<String> before, String what, Path root, int number) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp", classPath()));
        command.addAll(List.of(PosixChild.class.getName(), what, root.toString(), String.valueOf(number)));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Everything one printed, when it has ended. */
    static List<String> run(List<String> before, String what, Path root, int number) throws IOException {
        return output(start(before, what, root, number));
    }

    static List<String> output(Process process) throws IOException {
        try (InputStream output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
    }

    /** Only our own classes: another user may not be able to read the libraries. */
    private static String classPath() {
        return directoryOf(PosixStorage.class) + ":" + directoryOf(PosixChild.class);
    }

    static Path directoryOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
