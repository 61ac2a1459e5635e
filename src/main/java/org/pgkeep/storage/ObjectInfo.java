package org.pgkeep.storage;

import java.time.Instant;

/**
 * What a store knows of an object.
 *
 * @param sizeBytes length in bytes
 * @param modified when it was committed, by the store's clock
 * @param version changes whenever the content is replaced; opaque
 */
public record ObjectInfo(ObjectName name, long sizeBytes, Instant modified, String version) {}
