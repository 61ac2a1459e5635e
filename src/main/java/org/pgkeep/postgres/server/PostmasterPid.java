package org.pgkeep.postgres.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * What a running server writes into {@code postmaster.pid} of its data directory ({@code utils/pidfile.h}).
 *
 * @param pid the postmaster's process id
 * @param port the port, also part of the socket's name
 * @param socketDirectory the first Unix socket directory, when the server has one
 * @param listenAddress the first TCP address, when the server has one; {@code *} is any
 */
public record PostmasterPid(long pid, int port, Optional<String> socketDirectory, Optional<String> listenAddress) {
    /** Lines, counted from 0. */
    private static final int PID = 0;

    private static final int PORT = 3;
    private static final int SOCKET_DIRECTORY = 4;
    private static final int LISTEN_ADDRESS = 5;

    /** The file's contents; empty when there is none, or when a server is only just writing it. */
    public static Optional<PostmasterPid> read(Path pgdata) {
        Path file = pgdata.resolve("postmaster.pid");
        try {
            return parse(
                    Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList());
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + file, e);
        }
    }

    private static Optional<PostmasterPid> parse(List<String> lines) {
        if (lines.size() <= SOCKET_DIRECTORY) {
            return Optional.empty();
        }
        try {
            // A single-user backend writes its pid negated.
            return Optional.of(new PostmasterPid(
                    Math.abs(Long.parseLong(lines.get(PID).strip())),
                    Integer.parseInt(lines.get(PORT).strip()),
                    line(lines, SOCKET_DIRECTORY),
                    line(lines, LISTEN_ADDRESS)));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> line(List<String> lines, int index) {
        return index < lines.size() && !lines.get(index).isBlank()
                ? Optional.of(lines.get(index).strip())
                : Optional.empty();
    }

    /** Whether a process with this id exists: after a crash the file stays behind and the id may be another's. */
    public boolean isProcessAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** How a client on the same machine gets there: the Unix socket when there is one, else TCP. */
    Optional<String> reachableHost() {
        return socketDirectory
                .filter(directory -> directory.startsWith("/"))
                .or(() -> listenAddress.map(address -> switch (address) {
                    case "*", "0.0.0.0" -> "localhost";
                    case "::" -> "::1";
                    default -> address;
                }));
    }
}
