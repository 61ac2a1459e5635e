package org.pgkeep.repository;

/**
 * A run of a file's blocks in a frame.
 *
 * @param firstBlock number in the file
 * @param blocks how many
 */
public record Part(PathName path, long firstBlock, int blocks) {}
