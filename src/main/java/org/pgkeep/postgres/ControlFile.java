package org.pgkeep.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * What {@code global/pg_control} says ({@code catalog/pg_control.h}). Valid from birth: its checksum was right.
 *
 * @param version the major version that made the cluster, known by the catalog version
 * @param systemIdentifier identity of the cluster, unsigned
 * @param modified when the server last wrote the file, whole seconds
 * @param checkpoint the last checkpoint
 * @param recovery how far the cluster must be recovered before it is consistent
 * @param layout sizes the cluster was built with
 * @param walLevel of the server that last wrote the file
 * @param checksumVersion 0: pages have no checksums; 1: they have
 */
public record ControlFile(
        MajorVersion version,
        long systemIdentifier,
        ClusterState state,
        Instant modified,
        Checkpoint checkpoint,
        Recovery recovery,
        Layout layout,
        WalLevel walLevel,
        int checksumVersion) {
    /** Relative to the data directory. */
    public static final String PATH = "global/pg_control";

    /** {@code PG_CONTROL_FILE_SIZE}; the rest after the data is zero. */
    public static final int FILE_BYTES = 8192;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /**
     * A checkpoint.
     *
     * @param lsn of its record
     * @param redo where recovery from it begins
     * @param timeline current when it was made
     * @param previousTimeline differs from {@code timeline} only when the record begins a new one
     * @param nextXid the next transaction id, 64 bits with its epoch
     * @param time whole seconds
     */
    public record Checkpoint(Lsn lsn, Lsn redo, int timeline, int previousTimeline, long nextXid, Instant time) {}

    /**
     * What recovery must reach before the cluster is consistent; all zero when it is not in recovery.
     *
     * @param minimum {@code minRecoveryPoint}
     * @param minimumTimeline {@code minRecoveryPointTLI}
     * @param backupStart redo of the backup that is being recovered
     * @param backupEnd end of a backup taken from a standby
     * @param backupEndRequired a backup-end record must still be seen
     */
    public record Recovery(
            Lsn minimum, int minimumTimeline, Lsn backupStart, Lsn backupEnd, boolean backupEndRequired) {}

    /**
     * Sizes fixed when the server was built or the cluster was made.
     *
     * @param blockBytes page size, 1 KiB to 32 KiB
     * @param segmentBlocks blocks in a full segment file of a relation ({@code RELSEG_SIZE})
     * @param walBlockBytes page size of the WAL
     * @param walSegmentBytes WAL segment size, 1 MiB to 1 GiB
     */
    public record Layout(int blockBytes, int segmentBlocks, int walBlockBytes, int walSegmentBytes) {
        public Layout {
            requireSize("block size", blockBytes, 1 << 10, 1 << 15);
            requireSize("WAL block size", walBlockBytes, 1 << 10, 1 << 16);
            requireSize("WAL segment size", walSegmentBytes, 1 << 20, 1 << 30);
            if (segmentBlocks <= 0) {
                throw damaged("blocks per segment " + segmentBlocks);
            }
        }

        /** Size of a full segment file of a relation, in bytes. */
        public long segmentBytes() {
            return (long) blockBytes * segmentBlocks;
        }
    }

    /**
     * Reads a control file.
     *
     * @param bytes the file, or at least all of its data (its first 512 bytes)
     * @throws PgkeepException {@code VERSION_UNSUPPORTED} when no known version wrote it; {@code CLUSTER_DAMAGED} when it
     *     is truncated or its checksum is wrong. A server writes the file without a lock that others see: while one runs,
     *     read again before believing the latter.
     */
    public static ControlFile parse(byte[] bytes) {
        if (bytes.length < 16) {
            throw damaged("only " + bytes.length + " bytes");
        }
        MajorVersion version = version(getInt(bytes, 8), getInt(bytes, 12));
        ControlOffsets at = ControlOffsets.of(version);
        if (bytes.length < at.crc() + 4) {
            throw damaged("only " + bytes.length + " bytes");
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, at.crc());
        if ((int) crc.getValue() != getInt(bytes, at.crc())) {
            throw damaged("its checksum is wrong");
        }
        return read(bytes, version, at);
    }

    private static MajorVersion version(int controlVersion, int catalogVersion) {
        return MajorVersion.ofCatalogVersion(catalogVersion)
                .filter(v -> v.controlVersion() == controlVersion)
                .orElseThrow(() -> new PgkeepException(
                        ErrorCode.VERSION_UNSUPPORTED,
                        "%s is of an unknown PostgreSQL version (control version %s, catalog version %s)"
                                .formatted(
                                        PATH,
                                        Integer.toUnsignedString(controlVersion),
                                        Integer.toUnsignedString(catalogVersion)),
                        "This pgkeep knows released versions of PostgreSQL " + MajorVersion.KNOWN
                                + " on 64-bit little-endian machines."));
    }

    private static ControlFile read(byte[] bytes, MajorVersion version, ControlOffsets at) {
        int copy = at.checkpointCopy();
        int recovery = at.recovery();
        int state = getInt(bytes, 16);
        int walLevel = getInt(bytes, recovery + 36);
        return new ControlFile(
                version,
                getLong(bytes, 0),
                ClusterState.ofCode(state).orElseThrow(() -> damaged("unknown cluster state " + state)),
                Instant.ofEpochSecond(getLong(bytes, 24)),
                new Checkpoint(
                        getLsn(bytes, 32),
                        getLsn(bytes, copy),
                        getInt(bytes, copy + 8),
                        getInt(bytes, copy + 12),
                        nextXid(bytes, version, copy),
                        Instant.ofEpochSecond(getLong(bytes, at.checkpointTime()))),
                new Recovery(
                        getLsn(bytes, recovery),
                        getInt(bytes, recovery + 8),
                        getLsn(bytes, recovery + 16),
                        getLsn(bytes, recovery + 24),
                        bytes[recovery + 32] != 0),
                new Layout(
                        getInt(bytes, at.layout()),
                        getInt(bytes, at.layout() + 4),
                        getInt(bytes, at.layout() + 8),
                        getInt(bytes, at.layout() + 12)),
                WalLevel.ofCode(walLevel).orElseThrow(() -> damaged("unknown wal_level " + walLevel)),
                getInt(bytes, at.layout() + 36));
    }

    /** Since 12 one 64-bit number; before, the epoch stood first and on a 4-byte boundary. */
    private static long nextXid(byte[] bytes, MajorVersion version, int copy) {
        if (version.isAtLeast(MajorVersion.V12)) {
            return getLong(bytes, copy + 24);
        }
        return (long) getInt(bytes, copy + 20) << 32 | Integer.toUnsignedLong(getInt(bytes, copy + 24));
    }

    private static void requireSize(String what, int bytes, int min, int max) {
        if (bytes < min || bytes > max || Integer.bitCount(bytes) != 1) {
            throw damaged(what + " " + bytes);
        }
    }

    private static PgkeepException damaged(String why) {
        return new PgkeepException(ErrorCode.CLUSTER_DAMAGED, PATH + " is damaged: " + why);
    }

    private static int getInt(byte[] bytes, int offset) {
        return (int) INT.get(bytes, offset);
    }

    private static long getLong(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }

    private static Lsn getLsn(byte[] bytes, int offset) {
        return new Lsn(getLong(bytes, offset));
    }

    /** Whether pages have checksums. */
    public boolean hasChecksums() {
        return checksumVersion != 0;
    }

    /** The name of the segment from which recovery of this checkpoint begins. */
    public SegmentName redoSegment() {
        return SegmentName.holding(checkpoint.timeline(), checkpoint.redo(), layout.walSegmentBytes());
    }
}
