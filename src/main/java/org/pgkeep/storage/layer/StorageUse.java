package org.pgkeep.storage.layer;

/**
 * What was asked of a store so far.
 *
 * @param written objects committed under a new name
 * @param replaced objects whose content was replaced
 * @param deleted objects removed
 * @param bytesWritten bytes given to be stored, also those of writers that lost or were abandoned
 * @param opened objects opened for reading
 * @param reads ranges read
 * @param bytesRead bytes read
 * @param looked questions about one object that did not read it
 * @param listed listings of a folder, of either kind
 */
public record StorageUse(
        long written,
        long replaced,
        long deleted,
        long bytesWritten,
        long opened,
        long reads,
        long bytesRead,
        long looked,
        long listed) {}
