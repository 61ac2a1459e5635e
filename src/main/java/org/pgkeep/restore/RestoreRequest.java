package org.pgkeep.restore;

import java.nio.file.Path;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.repository.Label;

/**
 * What to restore, and where.
 *
 * @param target the data directory to fill
 * @param wanted which backup, and how far from it
 * @param force whether an old data directory there may be removed
 * @param delta what to do with a data directory of the same cluster
 * @param dryRun whether only to find out what would be done
 * @param archiveMode whether the restored cluster archives
 * @param relocation where tablespaces and links go
 * @param jobs workers, 1 to 256
 * @param manifestChecksum for PostgreSQL's {@code backup_manifest}
 * @param tmp directory for sorting what does not fit into memory
 */
public record RestoreRequest(
        Path target,
        Wanted wanted,
        boolean force,
        Delta delta,
        boolean dryRun,
        ArchiveMode archiveMode,
        Relocation relocation,
        int jobs,
        ManifestChecksum manifestChecksum,
        Path tmp) {
    private static final int JOBS_MAX = 256;

    public RestoreRequest {
        target = target.toAbsolutePath().normalize();
        if (jobs < 1 || jobs > JOBS_MAX) {
            throw new PgkeepException(ErrorCode.USAGE, "jobs " + jobs + " is not between 1 and " + JOBS_MAX);
        }
    }

    /** The usual: nothing moved, nothing forced, everything checked. */
    public static RestoreRequest of(Path target, RecoverySettings recovery, int jobs, Path tmp) {
        return new RestoreRequest(
                target,
                Wanted.of(recovery),
                false,
                Delta.OFF,
                false,
                ArchiveMode.PRESERVE,
                Relocation.NONE,
                jobs,
                ManifestChecksum.CRC32C,
                tmp);
    }

    /** Of this backup. */
    public RestoreRequest withBackup(Label label) {
        return withWanted(wanted.withBackup(Optional.of(label)));
    }

    /** With WAL from there. */
    public RestoreRequest withWal(WalFrom from) {
        return withWanted(wanted.withWal(from));
    }

    /** Of another backup, or to another end. */
    public RestoreRequest withWanted(Wanted other) {
        return new RestoreRequest(
                target, other, force, delta, dryRun, archiveMode, relocation, jobs, manifestChecksum, tmp);
    }

    /** Over an old data directory. */
    public RestoreRequest withForce(boolean newForce) {
        return new RestoreRequest(
                target, wanted, newForce, delta, dryRun, archiveMode, relocation, jobs, manifestChecksum, tmp);
    }

    /** Over a data directory of the same cluster. */
    public RestoreRequest withDelta(Delta newDelta) {
        return new RestoreRequest(
                target, wanted, force, newDelta, dryRun, archiveMode, relocation, jobs, manifestChecksum, tmp);
    }

    /** Touching nothing. */
    public RestoreRequest withDryRun(boolean newDryRun) {
        return new RestoreRequest(
                target, wanted, force, delta, newDryRun, archiveMode, relocation, jobs, manifestChecksum, tmp);
    }

    /** With its archiving left as it is, or turned off. */
    public RestoreRequest withArchiveMode(ArchiveMode newArchiveMode) {
        return new RestoreRequest(
                target, wanted, force, delta, dryRun, newArchiveMode, relocation, jobs, manifestChecksum, tmp);
    }

    /** To other places. */
    public RestoreRequest withRelocation(Relocation newRelocation) {
        return new RestoreRequest(
                target, wanted, force, delta, dryRun, archiveMode, newRelocation, jobs, manifestChecksum, tmp);
    }

    /** With other checksums in {@code backup_manifest}. */
    public RestoreRequest withManifestChecksum(ManifestChecksum checksum) {
        return new RestoreRequest(target, wanted, force, delta, dryRun, archiveMode, relocation, jobs, checksum, tmp);
    }
}
