package org.pgkeep.codec.seal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/** A file that holds a secret, which nobody but its owner and group may read. */
public record SecretFile(Path path) {
    private static final int BYTES_MAX = 4096;
    private static final Set<PosixFilePermission> FOR_OTHERS = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.GROUP_WRITE);

    /**
     * The key in it.
     *
     * @throws PgkeepException {@code PATH_MISSING}, {@code PERMISSION}; {@code CONFIG} when it is no key file, or others may read it
     */
    public Secret.KeyFile key() {
        String digits = line();
        if (!digits.matches("[0-9a-fA-F]{64}")) {
            throw new PgkeepException(
                    ErrorCode.CONFIG,
                    path + " is not a key file",
                    "A key file is one line of 64 hexadecimal digits: 'openssl rand -hex 32' makes one.");
        }
        return Secret.KeyFile.parse(digits);
    }

    /** The passphrase in its first line. */
    public Secret.Passphrase passphrase() {
        return Secret.Passphrase.of(line(), path.toString());
    }

    /**
     * Makes it, with a new key; durable when this returns, because what it seals is of no use without it.
     *
     * @throws PgkeepException {@code FILE_WRITE}, {@code PERMISSION}; {@code PATH_NOT_EMPTY} when it is there already
     */
    public Secret.KeyFile make(Chance chance) {
        Secret.KeyFile key = Secret.KeyFile.random(chance);
        byte[] content = (key.digits() + "\n").getBytes(StandardCharsets.US_ASCII);
        try (FileChannel file = FileChannel.open(
                path,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            for (ByteBuffer bytes = ByteBuffer.wrap(content); bytes.hasRemaining(); ) {
                file.write(bytes);
            }
            file.force(true);
        } catch (FileAlreadyExistsException e) {
            throw new PgkeepException(ErrorCode.PATH_NOT_EMPTY, path + " is there already").causedBy(e);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "make the key file " + path, e);
        }
        syncFolder();
        return key;
    }

    private void syncFolder() {
        try (FileChannel folder = FileChannel.open(path.toAbsolutePath().resolveSibling("."))) {
            folder.force(true);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "sync the folder of " + path, e);
        }
    }

    private String line() {
        guard();
        try (InputStream file = Files.newInputStream(path)) {
            byte[] start = file.readNBytes(BYTES_MAX);
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(start))
                    .toString();
            return text.lines().findFirst().orElse("");
        } catch (CharacterCodingException e) {
            throw new PgkeepException(ErrorCode.CONFIG, path + " holds no text in UTF-8").causedBy(e);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + path, e);
        }
    }

    private void guard() {
        try {
            if (!Collections.disjoint(Files.getPosixFilePermissions(path), FOR_OTHERS)) {
                throw new PgkeepException(
                        ErrorCode.CONFIG,
                        path + " is a secret that others than its owner can read or change",
                        "Change its permissions: chmod 600 " + path);
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read the permissions of " + path, e);
        }
    }
}
