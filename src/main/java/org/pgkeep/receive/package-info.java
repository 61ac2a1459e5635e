/**
 * WAL as it is written: {@link org.pgkeep.receive.Receive} streams it from a server into the repository, whole segments as they fill,
 * the running one in pieces ({@code docs/formats/wal.md}).
 *
 * <pre>
 * choose a server: the newest timeline of those that answer
 * begin where the repository ends, at a segment's beginning
 * loop:
 *     bytes   → a file of this machine, which holds the running segment
 *     a pause, enough bytes, or enough time → a piece in the repository, durable → confirmed to the server
 *     segment complete → stored as archive-push does, beside the stream → its pieces removed
 *     timeline's end   → the next timeline, from the beginning of the segment in which it begins
 *     WAL removed      → from the archive if it is there; else what is missing is told, and it goes on behind that
 *     lost             → choose again, after a while
 * </pre>
 *
 * <p>What is confirmed is in the repository: a synchronous standby of this kind loses nothing that a client was told is committed. Two
 * receivers of one cluster do no harm: equal bytes are one object, other bytes are a conflict. A slot lets only one in.
 *
 * <p>Uses {@code repository}, {@code postgres.server}, {@code postgres}, {@code codec}, {@code progress}, {@code error}.
 */
@NullMarked
package org.pgkeep.receive;

import org.jspecify.annotations.NullMarked;
