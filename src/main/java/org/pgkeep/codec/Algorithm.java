package org.pgkeep.codec;

import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * How bytes are compressed. {@link #form()} is written into packs and never changes.
 */
public enum Algorithm {
    /** Stored as they are. */
    NONE(0, "none", "", 0, 0, 0),
    /** Zstandard, RFC 8878. */
    ZSTD(1, "zstd", ".zst", -7, 1, 19),
    /** LZ4: blocks in packs, frames in files. */
    LZ4(2, "lz4", ".lz4", 1, 1, 1),
    /** zlib (RFC 1950) in packs, gzip (RFC 1952) in files. */
    GZIP(3, "gzip", ".gz", 1, 6, 9),
    /** bzip2; the level is the block size in units of 100 kB. */
    BZIP2(4, "bzip2", ".bz2", 1, 9, 9);

    private static final Algorithm[] ALL = values();

    private final int form;
    private final String word;
    private final String suffix;
    private final int levelMin;
    private final int levelDefault;
    private final int levelMax;

    Algorithm(int form, String word, String suffix, int levelMin, int levelDefault, int levelMax) {
        this.form = form;
        this.word = word;
        this.suffix = suffix;
        this.levelMin = levelMin;
        this.levelDefault = levelDefault;
        this.levelMax = levelMax;
    }

    /** The number that stands for it in a pack's index. */
    public int form() {
        return form;
    }

    /** The word that stands for it in an option. */
    public String word() {
        return word;
    }

    /** The suffix of a file in this form, with its dot; empty for {@link #NONE}. */
    public String suffix() {
        return suffix;
    }

    /** Whether a name goes on with the suffix of one of them from this place to its end. */
    public static boolean isSuffix(String name, int from) {
        for (Algorithm algorithm : ALL) {
            if (name.length() - from == algorithm.suffix.length() && name.startsWith(algorithm.suffix, from)) {
                return true;
            }
        }
        return false;
    }

    /** The lowest level, fastest. */
    public int levelMin() {
        return levelMin;
    }

    /** The level when none is said. */
    public int levelDefault() {
        return levelDefault;
    }

    /** The highest level, smallest. */
    public int levelMax() {
        return levelMax;
    }

    /**
     * The algorithm of a stored form.
     *
     * @throws PgkeepException {@code TOO_NEW} for a number that this version does not know
     */
    public static Algorithm ofForm(int form) {
        for (Algorithm algorithm : values()) {
            if (algorithm.form == form) {
                return algorithm;
            }
        }
        throw new PgkeepException(ErrorCode.TOO_NEW, "frame of unknown form " + form, "Use a newer pgkeep.");
    }
}
