package org.pgkeep.codec.seal;

import java.security.SecureRandom;

/** Where keys and salts come from. */
public interface Chance {
    /** Random bytes that nobody can predict or repeat. */
    byte[] bytes(int length);

    /** The operating system's. */
    static Chance ofTheSystem() {
        // Made when it is needed: archive-push opens a repository for each segment, and rarely needs any.
        return length -> {
            byte[] bytes = new byte[length];
            new SecureRandom().nextBytes(bytes);
            return bytes;
        };
    }
}
