package org.pgkeep.repository;

import java.util.Arrays;
import org.pgkeep.codec.Xxh3;

/**
 * The hashes of a file's groups in order, kept in the manifest for files of more than one: an incremental backup takes those that
 * did not change from its base.
 */
public final class GroupHashes {
    /** Of a file of one group or none. */
    public static final GroupHashes NONE = new GroupHashes(new long[0]);

    private final long[] hashes;

    private GroupHashes(long[] hashes) {
        this.hashes = hashes;
    }

    /** Those to be kept of a file with these groups. */
    public static GroupHashes kept(long[] ofGroups) {
        return ofGroups.length > 1 ? new GroupHashes(ofGroups.clone()) : NONE;
    }

    /** The hash of a file of this size with these groups. */
    public static long ofFile(long sizeBytes, long[] ofGroups) {
        Xxh3.Stream64 hash = Blocks.fileHash(sizeBytes);
        for (long group : ofGroups) {
            hash.putLong(group);
        }
        return hash.value();
    }

    /** How many a file of this size has to keep. */
    static int countFor(long sizeBytes) {
        int groups = groupsOf(sizeBytes);
        return groups > 1 ? groups : 0;
    }

    /** Groups of a file of this size. */
    public static int groupsOf(long sizeBytes) {
        return Math.toIntExact((Blocks.count(sizeBytes) + Blocks.PER_GROUP - 1) / Blocks.PER_GROUP);
    }

    /** How many are kept. */
    public int count() {
        return hashes.length;
    }

    /** The hash of the i-th group. */
    public long get(int i) {
        return hashes[i];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupHashes groups && Arrays.equals(hashes, groups.hashes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hashes);
    }

    @Override
    public String toString() {
        return hashes.length + " group hashes";
    }
}
