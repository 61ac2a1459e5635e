package org.pgkeep.restore;

/** Which checksums PostgreSQL's {@code backup_manifest} gets. */
public enum ManifestChecksum {
    /** CRC-32C, computed while writing: costs nothing that can be measured. */
    CRC32C,
    /** SHA-256: each file is read once more from the page cache, since the digest needs its bytes in order. */
    SHA256,
    /** Names and sizes only. */
    NONE
}
