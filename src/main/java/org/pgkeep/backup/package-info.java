/**
 * Takes a backup of a running cluster, or of a stopped one. Front door: {@link org.pgkeep.backup.Backup}.
 *
 * <pre>
 * prove that server, pg_control and repository are the same cluster; complete a WAL segment
 * prove the packs of attempts that were cut off          (Remains)
 * start backup mode
 * find what changed since the base                       (change.ChangeFinder)
 * list the data directory, sorted, into a spool          (Listing, Exclusions)
 * prove that the segment arrived and is this server's    (ArchiveProof)
 * workers: take a job; read 1 MiB; check pages; refer to
 *          blocks that are stored already; append others (JobSource, CopyWorker, PageProof → PackAppender)
 *          say where each block stands                   (CopyResults: sorted records, on disk when many)
 * pg_control last; stop backup mode
 * merge listing and results into the manifest            (ManifestAssembler)
 * wait until every WAL segment needed is in the repository; commit
 * </pre>
 *
 * <p>Nothing here grows with the cluster but two temporary files. Uses {@code repository}, {@code postgres}, {@code
 * postgres.server}, {@code codec}, {@code spool}, {@code progress}, {@code error}.
 */
@NullMarked
package org.pgkeep.backup;

import org.jspecify.annotations.NullMarked;
