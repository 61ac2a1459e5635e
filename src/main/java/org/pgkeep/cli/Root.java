package org.pgkeep.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.config.Options;
import org.pgkeep.config.Settings;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Keeps root from writing into a repository: PostgreSQL never runs as root, so that archive_command could not write beside what
 * root left there, and WAL would pile up until the disk is full.
 */
final class Root {
    private Root() {}

    /**
     * Refuses a command that writes into the repository if root runs it and did not ask for that.
     *
     * @throws PgkeepException {@code PERMISSION}
     */
    static void refuse(Settings settings) {
        boolean writes = Options.ALLOW_ROOT.isOf(settings.command()) && !isLooking(settings);
        if (!writes || mayWrite(settings)) {
            return;
        }
        String user = serversUser(settings);
        throw new PgkeepException(
                ErrorCode.PERMISSION,
                "root must not write into the repository: the server's user could not write there afterwards",
                "Run it as that user: 'sudo -u " + user + " pgkeep " + settings.command()
                        + " ...'. If the repository is to be" + " root's, add --allow-root.");
    }

    /** Whether this process is not root's, or root asked for it. */
    static boolean mayWrite(Settings settings) {
        return !isRoot() || settings.get(Options.ALLOW_ROOT);
    }

    private static String serversUser(Settings settings) {
        Optional<Path> pgdata =
                Options.PGDATA.isOf(settings.command()) ? settings.find(Options.PGDATA) : Optional.empty();
        return pgdata.or(() -> settings.find(Options.REPOSITORY_PATH))
                .map(Root::owner)
                .filter(user -> !user.equals("root"))
                .orElse("postgres");
    }

    private static boolean isLooking(Settings settings) {
        String verb = settings.operands().isEmpty() ? "" : settings.operands().getFirst();
        return switch (settings.command()) {
            // Without notes.
            case VERIFY, CONFIG -> true;
            case REPO -> verb.equals("ls") || verb.equals("get");
            case KEY -> verb.equals("list");
            default -> false;
        };
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return System.getProperty("user.name", "").equals("root");
        }
    }

    private static String owner(Path pgdata) {
        try {
            return Files.getOwner(pgdata).getName();
        } catch (IOException e) {
            return "postgres";
        }
    }
}
