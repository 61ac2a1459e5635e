package org.pgkeep.restore;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.repository.BackupRecord;

/**
 * What was restored.
 *
 * @param backup the one that was chosen
 * @param files regular files of the backup
 * @param bytes sum of their sizes
 * @param duration from the choice of the backup until everything was durable
 * @param settings what PostgreSQL was told about its recovery and archiving; empty when it needs nothing
 * @param delta what was compared and written, when an existing directory was gone over
 * @param dryRun nothing was touched: this is what would be restored
 * @param written files written beside the backup's own, relative to the data directory
 * @param directories what was filled: the data directory, then tablespaces and targets of links
 */
public record RestoreResult(
        BackupRecord backup,
        long files,
        long bytes,
        Duration duration,
        Map<String, String> settings,
        List<String> written,
        List<Path> directories,
        Optional<DeltaReport> delta,
        boolean dryRun) {
    public RestoreResult {
        written = List.copyOf(written);
        directories = List.copyOf(directories);
    }
}
