package org.pgkeep.verify;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Entry;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestReader;

/** Goes through one backup's manifest: every extent must lie in a frame that is there. */
final class ManifestCheck {
    /** What to do where a part of a backup is lost. */
    static final String LACKS =
            "What this backup lacks cannot be restored from it. If another repository has a copy of it, 'pgkeep copy' brings that back;"
                    + " else take a new full backup, and keep older ones until it is done.";

    private final BackupRecord backup;
    private final PackScan packs;
    private final Optional<FileHashes> hashes;
    private final Findings findings;
    private final Tally tally;
    private final Map<String, Missing> missing = new TreeMap<>();

    /** A pack that is not there. */
    private static final class Missing {
        private final String firstFile;
        private long files;
        private String lastFile;

        Missing(String firstFile) {
            this.firstFile = firstFile;
            this.lastFile = firstFile;
            this.files = 1;
        }

        void file(String path) {
            if (!path.equals(lastFile)) {
                files++;
                lastFile = path;
            }
        }
    }

    /** With file hashes, they are computed and compared. */
    ManifestCheck(BackupRecord backup, PackScan packs, Optional<FileHashes> hashes, Findings findings, Tally tally) {
        this.backup = backup;
        this.packs = packs;
        this.hashes = hashes;
        this.findings = findings;
        this.tally = tally;
    }

    void run(ClusterStore cluster) {
        try (ManifestReader manifest = cluster.manifest(backup.label())) {
            List<Label> sources = manifest.header().sources();
            for (Optional<Entry> entry = manifest.next(); entry.isPresent(); entry = manifest.next()) {
                if (entry.get() instanceof Entry.OfFile file) {
                    file(file, sources, cluster);
                }
            }
        }
        missing.forEach((location, what) -> findings.error(
                location,
                List.of(backup.label()),
                location + " is missing: backup " + backup.label() + " needs it for " + what.firstFile
                        + (what.files > 1 ? " and " + (what.files - 1) + " more files" : ""),
                LACKS));
    }

    private void file(Entry.OfFile file, List<Label> sources, ClusterStore cluster) {
        tally.file();
        boolean sound = true;
        for (Extent extent : file.extents()) {
            if (!extent.isZero()) {
                sound &= extent(file, extent, sources.get(extent.source() - 1), cluster);
            }
        }
        if (sound && hashes.isPresent()) {
            hash(file, sources, hashes.get());
        }
    }

    private boolean extent(Entry.OfFile file, Extent extent, Label source, ClusterStore cluster) {
        String path = file.path().toString();
        Optional<PackState> pack = packs.find(source, extent.pack());
        if (pack.isEmpty()) {
            String location = cluster.packLocation(source, extent.pack());
            missing.computeIfAbsent(location, _ -> new Missing(path)).file(path);
            return false;
        }
        findings.looked(backup.label(), pack.get().at());
        return switch (pack.get().use(backup.label(), extent.frame(), extent.firstBlock(), extent.blocks())) {
            case SOUND -> true;
            case DAMAGED -> false;
            case OUTSIDE -> {
                findings.error(
                        pack.get().location(),
                        List.of(backup.label()),
                        "the manifest of backup " + backup.label() + " says that " + path + " has blocks "
                                + extent.firstBlock() + " to " + (extent.firstBlock() + extent.blocks() - 1)
                                + " of frame " + extent.frame() + " of "
                                + pack.get().location()
                                + ", which that pack does not have",
                        LACKS);
                yield false;
            }
        };
    }

    private void hash(Entry.OfFile file, List<Label> sources, FileHashes fileHashes) {
        try {
            if (fileHashes.of(file, sources) != file.hash()) {
                findings.error(
                        file.path().toString(),
                        List.of(backup.label()),
                        "the blocks that backup " + backup.label() + " has for " + file.path()
                                + " are sound, but not those of that file: its hash is another",
                        LACKS);
            }
        } catch (PgkeepException e) {
            findings.error(file.path().toString(), List.of(backup.label()), e);
        }
    }
}
