package org.pgkeep.codec.seal;

import java.security.SecureRandom;

/** Where keys and salts come from. */
public interface Chance {
    /** Random bytes that nobody can predict or repeat. */
    byte[] bytes(int length);

    /** The operating system's. */
    static Chance ofTheSystem() {
        SecureRandom random = new SecureRandom();
        return length -> {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        };
    }
}
