package org.pgkeep.postgres;

import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * A PostgreSQL release, as {@code server_version_num} says it: 90624 is 9.6.24, 170011 is 17.11.
 *
 * @param number one that {@link MajorVersion} knows; others are refused with {@code VERSION_UNSUPPORTED}
 */
public record PostgresVersion(int number) implements Comparable<PostgresVersion> {
    public PostgresVersion {
        if (MajorVersion.ofNumber(number).isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.VERSION_UNSUPPORTED,
                    "PostgreSQL with version number " + number + " is not supported",
                    "This pgkeep knows PostgreSQL " + MajorVersion.KNOWN + ".");
        }
    }

    /** The first release of a major version: where only the major version is known, as from {@code pg_control}. */
    public static PostgresVersion of(MajorVersion major) {
        return new PostgresVersion(major.firstNumber());
    }

    /** The row of facts. */
    public MajorVersion facts() {
        return MajorVersion.ofNumber(number).orElseThrow();
    }

    /** As in {@code PG_VERSION}: {@code 9.6}, {@code 17}. */
    public String major() {
        return facts().text();
    }

    /** The number of the release within its major version. */
    public int minor() {
        return number % (number >= 100_000 ? 10_000 : 100);
    }

    /** Whether this is of the given major version, 10 or higher, or of a newer one. */
    public boolean isAtLeast(int major) {
        return number >= major * 10_000;
    }

    /** Whether this is of the given major version or of a newer one. */
    public boolean isAtLeast(MajorVersion major) {
        return facts().isAtLeast(major);
    }

    @Override
    public int compareTo(PostgresVersion other) {
        return Integer.compare(number, other.number);
    }

    /** {@code 9.6.24}, {@code 17.11}. */
    @Override
    public String toString() {
        return major() + "." + minor();
    }
}
