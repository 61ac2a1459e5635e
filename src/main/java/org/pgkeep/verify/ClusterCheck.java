package org.pgkeep.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Attempt;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.ManifestHeader;
import org.pgkeep.repository.ManifestReader;
import org.pgkeep.storage.ObjectInfo;

/** Verifies one cluster, or one backup of it. */
final class ClusterCheck {
    private static final String UNREADABLE =
            "If another repository has this backup, use that one; else take a new full backup.";

    private final ClusterStore cluster;
    private final Verify.Request request;
    private final Progress progress;
    private final Findings findings;
    private final Tally tally;
    private final Looks looks;

    ClusterCheck(
            ClusterStore cluster,
            Verify.Request request,
            Progress progress,
            Findings findings,
            Tally tally,
            Looks looks) {
        this.cluster = cluster;
        this.request = request;
        this.progress = progress;
        this.findings = findings;
        this.tally = tally;
        this.looks = looks;
    }

    /** The backups that were looked at. */
    List<BackupRecord> run() {
        List<BackupRecord> backups = readable();
        histories(backups);
        if (request.label().isEmpty()) {
            leftovers();
        }
        backups.forEach(this::identity);
        SortedSet<Label> sources = new TreeSet<>();
        List<BackupRecord> sound = withManifest(backups, sources);
        PackScan packs = new PackScan(cluster, request.deep(), findings, tally, looks);
        packs.run(List.copyOf(sources), request.jobs(), progress);
        manifests(sound, packs);
        packs.tell();
        if (request.label().isEmpty()) {
            sound.forEach(backup -> packs.tellUnused(backup.label()));
        }
        wal(backups);
        looks.write(request.label().isEmpty() ? Optional.of(sources) : Optional.empty(), findings);
        return backups;
    }

    /** A cluster record may have lost the end of its history, when an older one was put back. */
    private void histories(List<BackupRecord> backups) {
        SortedMap<Integer, SortedSet<Label>> named = new TreeMap<>();
        backups.forEach(backup ->
                named.computeIfAbsent(backup.historyId(), _ -> new TreeSet<>()).add(backup.label()));
        (request.label().isPresent() ? Set.<Integer>of() : cluster.walHistories())
                .forEach(id -> named.computeIfAbsent(id, _ -> new TreeSet<>()));
        cluster.record().history().forEach(known -> named.remove(known.id()));
        named.forEach((id, labels) -> findings.open(
                cluster.recordLocation(),
                labels,
                cluster.recordLocation() + " does not know database cluster " + id + " of its history, of which there "
                        + (labels.isEmpty() ? "is WAL" : "are backups") + ": an older version of it was put back",
                "Find out who did that. If a copy of the repository has a newer one, take that."));
    }

    private List<BackupRecord> readable() {
        List<BackupRecord> chosen = new ArrayList<>();
        ClusterStore.Listing listing = cluster.listing();
        listing.unreadable().forEach((label, error) -> {
            if (request.label().map(label::equals).orElse(true)) {
                findings.error(label.value(), List.of(label), error, UNREADABLE);
            }
        });
        for (BackupRecord backup : listing.sound()) {
            if (request.label().map(backup.label()::equals).orElse(true)) {
                chosen.add(backup);
                tally.backup();
            }
        }
        if (request.label().isPresent()
                && chosen.isEmpty()
                && !listing.unreadable().containsKey(request.label().get())) {
            // Throws the error that says so.
            BackupRecord _ = cluster.backup(request.label().get());
        }
        return chosen;
    }

    /** A cluster's record may be that of another cluster, from another repository. */
    private void identity(BackupRecord backup) {
        cluster.record().history().stream()
                .filter(history ->
                        history.id() == backup.historyId() && history.systemIdentifier() != backup.systemIdentifier())
                .forEach(
                        history -> findings.open(
                                cluster.recordLocation(),
                                List.of(backup.label()),
                                "backup " + backup.label() + " is of system identifier "
                                        + Long.toUnsignedString(backup.systemIdentifier()) + ", but "
                                        + cluster.recordLocation()
                                        + " says " + Long.toUnsignedString(history.systemIdentifier()),
                                "Bring cluster.json back from a copy of the repository: it is not the one under which the backup was taken."));
    }

    private void leftovers() {
        Set<Label> running = cluster.attempts().stream().map(Attempt::label).collect(Collectors.toSet());
        cluster.leftovers().forEach((label, objects) -> {
            long bytes = objects.stream().mapToLong(ObjectInfo::sizeBytes).sum();
            findings.note(
                    label.value(),
                    List.of(),
                    label + " is no backup: " + objects.size() + " objects, " + bytes + " bytes of one that "
                            + (running.contains(label) ? "runs or was cut off" : "was cut off")
                            + "; the next backup resumes or removes them if it is dead");
        });
        cluster.strangers()
                .forEach(name -> findings.note(
                        "backups/" + name,
                        List.of(),
                        "'" + name + "' among the backups of cluster '" + cluster.name()
                                + "' is not pgkeep's: nothing uses it"));
        for (BackupRecord backup : cluster.backups()) {
            for (ObjectInfo stranger : cluster.strangers(backup.label())) {
                String location = cluster.location(stranger);
                findings.note(location, List.of(), location + " is not pgkeep's: nothing uses it");
            }
        }
    }

    /** Those whose manifest is the one that was committed; and the backups whose packs they use. */
    private List<BackupRecord> withManifest(List<BackupRecord> backups, Set<Label> sources) {
        List<BackupRecord> sound = new ArrayList<>();
        for (BackupRecord backup : backups) {
            boolean readable = attempt(backup, () -> {
                cluster.scrubManifest(backup);
                try (ManifestReader manifest = cluster.manifest(backup.label())) {
                    requireOwn(backup, manifest.header());
                    sources.addAll(manifest.header().sources());
                }
            });
            if (readable) {
                sound.add(backup);
            }
        }
        return sound;
    }

    private static void requireOwn(BackupRecord backup, ManifestHeader header) {
        if (!header.label().equals(backup.label())) {
            throw new PgkeepException(
                    ErrorCode.DAMAGED, "the manifest of backup " + backup.label() + " is that of " + header.label());
        }
    }

    private void manifests(List<BackupRecord> backups, PackScan packs) {
        try (FileHashes hashes = new FileHashes(cluster);
                Progress.Step step = progress.step("check manifests", 0)) {
            Optional<FileHashes> wanted = request.deep() ? Optional.of(hashes) : Optional.empty();
            for (BackupRecord backup : backups) {
                step.note(backup.label().value());
                ManifestCheck check = new ManifestCheck(backup, packs, wanted, findings, tally);
                boolean _ = attempt(backup, () -> check.run(cluster));
            }
        }
    }

    /** Does something with a backup; that it is damaged is a finding. */
    private boolean attempt(BackupRecord backup, Runnable step) {
        try {
            step.run();
            return true;
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            if (!cluster.exists(backup.label())) {
                findings.note(backup.label().value(), List.of(), "backup " + backup.label() + " was deleted meanwhile");
                return false;
            }
            findings.error(backup.label().value(), List.of(backup.label()), e, UNREADABLE);
            return false;
        }
    }

    private void wal(List<BackupRecord> backups) {
        if (!request.wal()) {
            return;
        }
        for (ClusterRecord.History history : cluster.record().history()) {
            List<BackupRecord> ofHistory = backups.stream()
                    .filter(backup -> backup.historyId() == history.id())
                    .toList();
            WalCheck wal = new WalCheck(cluster, history, ofHistory, findings, tally, looks, request.mark());
            wal.needed();
            wal.contents(
                    request.label().isPresent(),
                    ofHistory.isEmpty() ? Set.of() : request.way(),
                    request.jobs(),
                    progress);
            if (request.label().isEmpty()) {
                wal.summaries();
                wal.gaps();
            }
        }
    }
}
