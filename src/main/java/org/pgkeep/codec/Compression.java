package org.pgkeep.codec;

import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * An algorithm and its level, written {@code zstd:3}, {@code lz4}, {@code none}.
 *
 * @param level within the algorithm's limits
 */
public record Compression(Algorithm algorithm, int level) {
    /** Nothing. */
    public static final Compression NONE = new Compression(Algorithm.NONE, 0);

    /** What is used when nothing is said: docs/guide/compression.md has the measurement. */
    public static final Compression DEFAULT = new Compression(Algorithm.ZSTD, Algorithm.ZSTD.levelDefault());

    public Compression {
        if (level < algorithm.levelMin() || level > algorithm.levelMax()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "compression level " + level + " is out of range for " + algorithm.word(),
                    "Levels of " + algorithm.word() + " are " + algorithm.levelMin() + " to " + algorithm.levelMax()
                            + ".");
        }
    }

    /** An algorithm at the level it has when none is said. */
    public static Compression of(Algorithm algorithm) {
        return new Compression(algorithm, algorithm.levelDefault());
    }

    /**
     * Reads {@code algorithm} or {@code algorithm:level}.
     *
     * @throws PgkeepException {@code USAGE} for an unknown algorithm or a level out of range
     */
    public static Compression parse(String text) {
        int colon = text.indexOf(':');
        String word = colon < 0 ? text : text.substring(0, colon);
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.word().equals(word)) {
                return new Compression(algorithm, colon < 0 ? algorithm.levelDefault() : level(text, colon));
            }
        }
        throw unknown(text);
    }

    private static int level(String text, int colon) {
        try {
            return Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw unknown(text).causedBy(e);
        }
    }

    private static PgkeepException unknown(String text) {
        return new PgkeepException(
                ErrorCode.USAGE,
                "unknown compression '" + text + "'",
                "Use zstd, lz4, gzip, bzip2 or none, with a level if you like: zstd:3.");
    }

    /**
     * For WAL, where nothing else is said: zstd at level 1, which finds as much in most kinds of it as level 3 does, in half its time
     * (docs/guide/compression.md has the measurement).
     */
    public Compression ofWal() {
        boolean isHigher = algorithm == Algorithm.ZSTD && level > algorithm.levelDefault();
        return isHigher ? of(algorithm) : this;
    }

    @Override
    public String toString() {
        boolean levelled = algorithm.levelMin() != algorithm.levelMax();
        return levelled ? algorithm.word() + ":" + level : algorithm.word();
    }
}
