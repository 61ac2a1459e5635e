/**
 * What PostgreSQL calls once per WAL segment: {@link org.pgkeep.archive.ArchivePush} is behind {@code archive_command},
 * {@link org.pgkeep.archive.ArchiveGet} behind {@code restore_command}. Both are started anew each time, so that what they load
 * counts: no patterns compiled, no streams, nothing that the one file does not need.
 *
 * <pre>
 * push: name → whose WAL, which segment (header) → repository, durable → summary, if it can be made → exit 0
 * get:  name → repository → temporary file beside the target, hash and header proved → rename → exit 0; 1 when it is not there
 * </pre>
 *
 * <p>{@link org.pgkeep.archive.Archiver} and {@link org.pgkeep.archive.Prefetcher} are the exceptions: started once by the launcher for {@code
 * --archive-async}, they live on, push what is ready and get what follows ahead, into and from all repositories of the configuration ({@code Archives}), and the launcher answers PostgreSQL from their spools ({@code
 * docs/formats/spool.md}). What they share: {@code Spool} with its {@code WorkerLife}, {@code SpoolWatch}, {@code Tenure}, {@code WorkerPool}.
 *
 * <p>Exit statuses are half of the protocol: {@link org.pgkeep.archive.RecoveryExit}. Uses {@code repository}, {@code postgres}, {@code postgres.wal},
 * {@code codec}, {@code error}.
 */
@NullMarked
package org.pgkeep.archive;

import org.jspecify.annotations.NullMarked;
