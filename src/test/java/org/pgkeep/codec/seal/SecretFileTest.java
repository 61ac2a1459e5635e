package org.pgkeep.codec.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

class SecretFileTest {
    @TempDir
    private Path folder;

    @Test
    void aKeyFileThatWasMadeIsReadBack() throws IOException {
        SecretFile file = new SecretFile(folder.resolve("key"));
        Secret.KeyFile made = file.make(Chance.ofTheSystem());
        assertThat(file.key().digits()).isEqualTo(made.digits());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
    }

    @Test
    void aKeyFileThatIsThereIsNotOverwritten() throws IOException {
        SecretFile file = file("0".repeat(64) + "\n", "rw-------");
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> file.make(Chance.ofTheSystem()))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PATH_NOT_EMPTY));
        assertThat(file.key().digits()).isEqualTo("0".repeat(64));
    }

    @Test
    void aFileThatOthersCanReadOrItsGroupCanChangeIsRefused() throws IOException {
        for (String permissions : new String[] {"rw-r--r--", "rw--w----", "rw-----w-"}) {
            assertRefused(file("0".repeat(64), permissions), ErrorCode.CONFIG, "chmod 600");
        }
        assertThat(file("0".repeat(64), "rw-r-----").key()).isNotNull();
    }

    @Test
    void whatIsNoKeyFileIsRefusedWithoutShowingIt() throws IOException {
        for (String content : new String[] {"", "tell nobody", "0".repeat(63), "0".repeat(65), "g".repeat(64)}) {
            SecretFile file = file(content, "rw-------");
            assertThatExceptionOfType(PgkeepException.class)
                    .isThrownBy(file::key)
                    .withMessage(file.path() + " is not a key file");
        }
    }

    @Test
    void aMissingFileIsCalledMissing() {
        assertRefused(new SecretFile(folder.resolve("none")), ErrorCode.PATH_MISSING, "");
    }

    @Test
    void aPassphraseIsTheFirstLineWithItsBlanks() throws IOException {
        Secret.Passphrase passphrase =
                file(" größer als \nnothing of this", "rw-------").passphrase();
        assertThat(passphrase.utf8()).isEqualTo(" größer als ".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private SecretFile file(String content, String permissions) throws IOException {
        Path file = folder.resolve("secret");
        Files.deleteIfExists(file);
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return new SecretFile(file);
    }

    private static void assertRefused(SecretFile file, ErrorCode code, String hint) {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(file::key)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.hint().orElse("")).contains(hint));
    }
}
