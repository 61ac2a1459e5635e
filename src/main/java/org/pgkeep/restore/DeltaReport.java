package org.pgkeep.restore;

/**
 * What a restore over an existing directory found and did; of a dry run, what it would do.
 *
 * @param comparedBlocks blocks of the backup that were looked for in the directory, 8 KiB each
 * @param trustedBlocks of these, blocks taken for the backup's by their LSN
 * @param writtenBlocks blocks that differed and were written
 * @param storedBytes bytes of the repository's frames that hold blocks not trusted
 * @param fetchedBytes of these, bytes that were read, because some of the frame's blocks differed; each frame counts once, also where it had to be
 *     read again because memory was short
 * @param removedFiles files and links removed because the backup does not have them, or not as what they were
 */
public record DeltaReport(
        long comparedBlocks,
        long trustedBlocks,
        long writtenBlocks,
        long storedBytes,
        long fetchedBytes,
        long removedFiles) {}
