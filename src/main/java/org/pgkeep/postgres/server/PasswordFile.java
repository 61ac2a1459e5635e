package org.pgkeep.postgres.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;

/**
 * A password file: lines of {@code host:port:database:user:password}, where {@code *} matches anything and a backslash
 * takes the next character as it is (documentation, "The Password File"; {@code passwordFromFile}, {@code fe-connect.c}).
 */
final class PasswordFile {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);
    private static final int FIELDS = 5;

    private final Path file;
    private final Progress progress;

    PasswordFile(Path file, Progress progress) {
        this.file = file;
        this.progress = progress;
    }

    /** The password of the first line that matches; none when there is no such line, no file, or others may read it. */
    Optional<String> find(String host, int port, String database, String user) {
        if (!isUsable()) {
            return Optional.empty();
        }
        List<String> wanted = List.of(host, Integer.toString(port), database, user);
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(PasswordFile::fields)
                    .filter(fields -> matches(fields, wanted))
                    .map(fields -> unescape(fields.get(FIELDS - 1)))
                    .findFirst();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.CONFIG, "read password file " + file, e);
        }
    }

    private boolean isUsable() {
        if (!Files.exists(file) || !Files.isReadable(file)) {
            return false;
        }
        if (!Files.isRegularFile(file)) {
            progress.warn("password file " + file + " is not a plain file: ignored");
            return false;
        }
        try {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(OTHERS);
            permissions.retainAll(Files.getPosixFilePermissions(file));
            if (!permissions.isEmpty()) {
                progress.warn("password file " + file
                        + " has group or world access: ignored; permissions should be u=rw (0600) or less");
            }
            return permissions.isEmpty();
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.CONFIG, "read permissions of password file " + file, e);
        }
    }

    /** Splits at unescaped colons, keeping escapes; the password runs to the next colon or to the end, as in libpq. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>(FIELDS);
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                field.append(c).append(line.charAt(++i));
            } else if (c == ':') {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    private static boolean matches(List<String> fields, List<String> wanted) {
        if (fields.size() < FIELDS) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            // Only a bare star is a wildcard: an escaped one is the character.
            if (!fields.get(i).equals("*") && !unescape(fields.get(i)).equals(wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static String unescape(String field) {
        StringBuilder text = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 1 < field.length()) {
                i++;
            }
            text.append(field.charAt(i));
        }
        return text.toString();
    }
}
