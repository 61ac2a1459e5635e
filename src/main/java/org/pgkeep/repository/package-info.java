/**
 * One repository: backups and WAL of any number of clusters on one {@link org.pgkeep.storage.Storage}. This room owns the
 * formats ({@code docs/formats/}) and the order of writes. Front door: {@link org.pgkeep.repository.Repository}; through it
 * {@link org.pgkeep.repository.ClusterStore}, where a cluster's backups ({@link org.pgkeep.repository.BackupWriter} to write,
 * {@link org.pgkeep.repository.ManifestReader} and {@link org.pgkeep.repository.PackReader} to read) and its
 * {@link org.pgkeep.repository.WalArchive} are.
 *
 * <pre>
 * write a backup:  lease → attempt → packs (each durable) → manifest (durable) → backup.json (THE COMMIT) → attempt removed
 * copy a backup:   lease → WAL → packs → manifest → mark → backup.json (the commit)
 * delete backups:  lease → backup.json of all (they are gone) → manifests → packs nobody needs → marks
 * </pre>
 *
 * <p>A crash at any point leaves the old state or the new one, plus packs of a label that has no backup.json: the next backup refers
 * to what it would store just so, and removes the rest ({@link org.pgkeep.repository.Attempt}). Whatever makes backups come or go
 * holds the cluster's {@link org.pgkeep.repository.Lease}, which {@link org.pgkeep.repository.Leases} gives.
 * Uses {@code storage}, {@code codec}, {@code postgres}, {@code linux}, {@code error}.
 */
@NullMarked
package org.pgkeep.repository;

import org.jspecify.annotations.NullMarked;
