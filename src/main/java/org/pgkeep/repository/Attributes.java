package org.pgkeep.repository;

import java.time.Instant;

/**
 * What the file system knows of a file beside its content.
 *
 * @param mode permission bits, as {@code chmod} takes them
 * @param owner user's name, or its number in digits when it has none
 * @param group group's name, or its number in digits when it has none
 * @param modified to the microsecond
 */
public record Attributes(int mode, String owner, String group, Instant modified) {}
