package org.pgkeep.codec.seal;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * How much work it is to try a passphrase: RFC 9106's Argon2id, version 0x13. The only place that uses Bouncy Castle.
 *
 * @param memoryKib at least 8 for each lane
 * @param passes over that memory
 * @param lanes that could be computed side by side
 */
public record Argon2id(int memoryKib, int passes, int lanes) {
    /** What new envelopes get: more than OWASP's minimum (19 MiB, 2 passes), and no more than the short commands' heap has room for. */
    public static final Argon2id RECOMMENDED = new Argon2id(32 << 10, 4, 1);

    private static final int MEMORY_KIB_MAX = 1 << 20;
    private static final int PASSES_MAX = 64;
    private static final int LANES_MAX = 64;
    private static final int MEMORY_KIB_PER_LANE_MIN = 8;

    /** Whether these are bounds that a reader accepts from an envelope that nothing has proved yet. */
    public static boolean isAllowed(long memoryKib, long passes, long lanes) {
        return passes >= 1
                && passes <= PASSES_MAX
                && lanes >= 1
                && lanes <= LANES_MAX
                && memoryKib >= MEMORY_KIB_PER_LANE_MIN * lanes
                && memoryKib <= MEMORY_KIB_MAX;
    }

    public Argon2id {
        if (!isAllowed(memoryKib, passes, lanes)) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED,
                    "a passphrase stretched with " + memoryKib + " KiB, " + passes + " passes and " + lanes
                            + " lanes is out of bounds");
        }
    }

    /**
     * The key that a passphrase gives.
     *
     * @throws PgkeepException {@code USAGE} when the heap has no room for it
     */
    byte[] stretch(byte[] passphrase, byte[] salt) {
        Argon2Parameters parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build();
        byte[] key = new byte[DataKey.BYTES];
        try {
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(parameters);
            generator.generateBytes(passphrase, key);
            return key;
        } catch (OutOfMemoryError e) {
            throw new PgkeepException(
                            ErrorCode.CONFIG,
                            "no memory to try the passphrase: its envelope asks for " + (memoryKib >> 10) + " MiB",
                            "Use a key file here, or give Java more: PGKEEP_JAVA_OPTS=-Xmx" + ((memoryKib >> 9) + 64)
                                    + "m.")
                    .causedBy(e);
        }
    }
}
