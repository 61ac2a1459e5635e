/**
 * Bytes on their way into and out of a repository: {@link org.pgkeep.codec.Compression} says how, {@link
 * org.pgkeep.codec.FrameCodec} turns up to 1 MiB of content into its stored form and back, {@link
 * org.pgkeep.codec.StreamCodec} does the same for whole WAL segments as ordinary {@code .zst}, {@code .lz4}, {@code .gz} and
 * {@code .bz2} files, {@link org.pgkeep.codec.Xxh3} hashes. Uses {@code error}. What is sealed is sealed after that: {@code codec.seal}.
 */
@NullMarked
package org.pgkeep.codec;

import org.jspecify.annotations.NullMarked;
