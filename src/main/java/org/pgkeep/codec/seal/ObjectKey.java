package org.pgkeep.codec.seal;

import javax.crypto.spec.SecretKeySpec;

/** The key of one writing of one object. */
public final class ObjectKey {
    private final SecretKeySpec key;

    ObjectKey(SecretKeySpec key) {
        this.key = key;
    }

    SecretKeySpec key() {
        return key;
    }

    @Override
    public String toString() {
        return "object key";
    }
}
