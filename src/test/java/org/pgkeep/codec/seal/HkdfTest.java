package org.pgkeep.codec.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import org.junit.jupiter.api.Test;

class HkdfTest {
    private static final HexFormat HEX = HexFormat.of();

    /** RFC 5869, A.1, as far as one step goes. */
    @Test
    void theRfcsFirstTestCaseComesOut() {
        byte[] material = HEX.parseHex("0b".repeat(22));
        byte[] salt = HEX.parseHex("000102030405060708090a0b0c");
        byte[] info = HEX.parseHex("f0f1f2f3f4f5f6f7f8f9");
        assertThat(HEX.formatHex(Hkdf.extract(salt, material).expand(32, info)))
                .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }

    @Test
    void theJdkGivesTheSameKeys() throws GeneralSecurityException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        KDF jdk = KDF.getInstance("HKDF-SHA256");
        for (int i = 0; i < 50; i++) {
            byte[] salt = random(random, 1 + random.nextInt(64));
            byte[] material = random(random, 1 + random.nextInt(64));
            byte[] info = random(random, random.nextInt(200));
            int length = 1 + random.nextInt(32);
            byte[] expected = jdk.deriveData(
                    HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(material).thenExpand(info, length));
            assertThat(Hkdf.extract(salt, material).expand(length, info))
                    .as("seed %s", seed)
                    .isEqualTo(expected);
        }
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
