package org.pgkeep.postgres;

/**
 * Where the parts of {@code struct ControlFileData} lie, in bytes, as compilers of 64-bit machines place them. Offsets 0 to
 * 39 are the same in all versions: system identifier, control and catalog version, state, time, checkpoint LSN.
 *
 * @param checkpointCopy of {@code struct CheckPoint}; 9.6 and 10 have {@code prevCheckPoint} before it
 * @param checkpointTime of that checkpoint's time; since 12 its {@code nextXid} is aligned to 8
 * @param recovery of {@code minRecoveryPoint}: from there to {@code wal_level} nothing ever moved
 * @param layout of {@code blcksz}: from there to {@code data_checksum_version} nothing moved since 9.6
 * @param crc of the CRC-32C of all bytes before it
 */
record ControlOffsets(int checkpointCopy, int checkpointTime, int recovery, int layout, int crc) {
    static ControlOffsets of(MajorVersion version) {
        return switch (version) {
            case V9_6 -> new ControlOffsets(48, 104, 136, 216, 256);
            case V10 -> new ControlOffsets(48, 104, 136, 216, 288);
            case V11 -> new ControlOffsets(40, 96, 128, 208, 280);
            case V12, V13, V14, V15, V16, V17 -> new ControlOffsets(40, 104, 136, 216, 288);
            case V18 -> new ControlOffsets(40, 104, 136, 216, 292);
        };
    }
}
