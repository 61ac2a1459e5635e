import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Other programs: quiet when they succeed, all they said when they fail. */
final class Processes {
    private Processes() {}

    static String run(Path directory, List<String> command) throws IOException {
        return run(directory, Map.of(), command);
    }

    /**
     * Runs a program to its end.
     *
     * @param environment all that it sees besides {@code PATH}, so that nobody's settings get into what is built
     * @return its standard output
     */
    static String run(Path directory, Map<String, String> environment, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().putAll(environment);
        var errors = directory.resolve(".errors-of-build");
        builder.redirectError(errors.toFile());
        try {
            var process = builder.start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " exited with status " + process.exitValue() + ":\n"
                        + output + Files.readString(errors));
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(errors);
        }
    }
}
