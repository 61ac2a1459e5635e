package org.pgkeep.codec.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.PgkeepException;

class EnvelopeTest {
    private static final Chance CHANCE = Chance.ofTheSystem();
    private static final DataKey KEY = DataKey.random(CHANCE);
    private static final Argon2id CHEAP = new Argon2id(64, 1, 1);

    private final Secret.Passphrase passphrase = passphrase("correct horse");

    @Test
    void aSecretOpensWhatItSealed() {
        for (Secret secret : new Secret[] {passphrase, Secret.KeyFile.random(CHANCE)}) {
            assertThat(sealed(secret).open(secret, "repository").orElseThrow().bytes())
                    .isEqualTo(KEY.bytes());
        }
    }

    @Test
    void noOtherSecretOpensIt() {
        Secret.KeyFile file = Secret.KeyFile.random(CHANCE);
        assertThat(sealed(passphrase).open(passphrase("Correct horse"), "repository"))
                .isEmpty();
        assertThat(sealed(passphrase).open(file, "repository")).isEmpty();
        assertThat(sealed(file).open(Secret.KeyFile.random(CHANCE), "repository"))
                .isEmpty();
        assertThat(sealed(file).open(passphrase, "repository")).isEmpty();
    }

    @Test
    void itOpensInNoOtherRepository() {
        assertThat(sealed(passphrase).open(passphrase, "another")).isEmpty();
    }

    @Test
    void anAlteredOneOpensNoMore() {
        Envelope envelope = sealed(passphrase);
        assertThat(with(envelope, envelope.kind(), flipped(envelope.salt()), envelope.wrapped())
                        .open(passphrase, "repository"))
                .isEmpty();
        assertThat(with(envelope, envelope.kind(), envelope.salt(), flipped(envelope.wrapped()))
                        .open(passphrase, "repository"))
                .isEmpty();
        Envelope.Kind cheaper = new Envelope.Kind.Passphrase(new Argon2id(32, 1, 1));
        assertThat(with(envelope, cheaper, envelope.salt(), envelope.wrapped()).open(passphrase, "repository"))
                .isEmpty();
    }

    @Test
    void whatWouldTakeAllMemoryIsRefusedBeforeItBegins() {
        for (long[] bounds :
                new long[][] {{1 << 21, 1, 1}, {64, 65, 1}, {1024, 1, 65}, {7, 1, 1}, {64, 0, 1}, {64, 1, 0}}) {
            assertThat(Argon2id.isAllowed(bounds[0], bounds[1], bounds[2])).isFalse();
            assertThatExceptionOfType(PgkeepException.class)
                    .isThrownBy(() -> new Argon2id((int) bounds[0], (int) bounds[1], (int) bounds[2]));
        }
        assertThat(Argon2id.RECOMMENDED).isEqualTo(new Argon2id(32768, 4, 1));
    }

    /** Computed by the reference implementation: printf password | argon2 somesaltsomesalt -id -k 64 -t 2 -p 1 -l 32. */
    @Test
    void stretchingIsArgon2id() {
        byte[] salt = "somesalt".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] key = new Argon2id(65536, 2, 1).stretch(passphrase("password").utf8(), salt);
        assertThat(HexFormat.of().formatHex(key))
                .isEqualTo("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }

    @Test
    void secretsAndKeysPrintNothingOfThemselves() {
        Secret.KeyFile file = Secret.KeyFile.random(CHANCE);
        assertThat(passphrase.toString() + sealed(passphrase)).doesNotContain("horse");
        assertThat(file.toString() + sealed(file)).doesNotContain(file.digits());
        assertThat(KEY.toString()).doesNotContain(HexFormat.of().formatHex(KEY.bytes()));
    }

    @Test
    void anEmptyPassphraseIsRefused() {
        assertThatExceptionOfType(PgkeepException.class)
                .isThrownBy(() -> Secret.Passphrase.of("", "the prompt"))
                .withMessage("the passphrase from the prompt is empty");
    }

    @Test
    void walNamesTellNeitherContentNorEqualityOfOtherNames() {
        String hash = "3f63324d2040b0f25f6afb7366a3aa8e";
        assertThat(KEY.walHash("a", hash))
                .isEqualTo(KEY.walHash("a", hash))
                .hasSize(32)
                .isNotEqualTo(hash);
        assertThat(KEY.walHash("b", hash)).isNotEqualTo(KEY.walHash("a", hash));
        assertThat(DataKey.random(CHANCE).walHash("a", hash)).isNotEqualTo(KEY.walHash("a", hash));
    }

    private static Envelope sealed(Secret secret) {
        return Envelope.seal(KEY, secret, "repository", 1, "", Instant.EPOCH, CHANCE);
    }

    private static Envelope with(Envelope old, Envelope.Kind kind, String salt, String wrapped) {
        return new Envelope(old.id(), kind, old.name(), old.created(), salt, wrapped);
    }

    private static String flipped(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        bytes[bytes.length / 2] ^= 1;
        return HexFormat.of().formatHex(bytes);
    }

    private static Secret.Passphrase passphrase(String text) {
        return Secret.Passphrase.of(text, "a test").stretched(CHEAP);
    }
}
