package org.pgkeep.expire;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Freed;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Lease;
import org.pgkeep.repository.Leases;
import org.pgkeep.repository.Owner;
import org.pgkeep.repository.Removal;
import org.pgkeep.repository.Work;
import org.pgkeep.units.ByteCount;

/**
 * Makes a backup a full one and gives up those that it builds on ({@code docs/formats/merge.md}).
 *
 * <pre>
 * lease → proof of the backup, and that no pinned one goes → its record (THE COMMIT) → removal of those that go
 * </pre>
 */
final class Merge {
    private final ClusterStore cluster;
    private final Expire.Terms terms;
    private final Label label;
    private final boolean force;
    private final Instant now;
    private final Progress progress;

    Merge(ClusterStore cluster, Expire.Terms terms, Label label, boolean force, Instant now, Progress progress) {
        this.cluster = cluster;
        this.terms = terms;
        this.label = label;
        this.force = force;
        this.now = now;
        this.progress = progress;
    }

    /**
     * What is to be done.
     *
     * @param going oldest first
     * @param how empty when the backup is a full one already, and at most some are left to remove
     */
    private record Intent(BackupRecord backup, List<Label> going, Optional<BackupRecord.Merged> how) {
        boolean isMerge() {
            return how.isPresent() || backup.merged().isPresent();
        }
    }

    Expire.Merged run() {
        if (terms.dryRun()) {
            Intent intent = intent();
            return result(intent, preview(intent));
        }
        Leases.Patience patience = new Leases.Patience(terms.longest(), progress::info);
        try (Lease lease = cluster.leases().take(Work.MERGE, Owner.ofThisProcess(), patience)) {
            Intent intent = intent();
            tell(intent);
            intent.how().ifPresent(how -> {
                BackupRecord _ = cluster.revision().merge(label, how, lease);
            });
            return result(intent, intent.isMerge() ? removal().backups(intent.going(), lease) : new TreeMap<>());
        }
    }

    private Removal removal() {
        return cluster.removal(terms.jobs());
    }

    private SortedMap<Label, Freed> preview(Intent intent) {
        return intent.isMerge() ? removal().preview(intent.going()) : new TreeMap<>();
    }

    private Intent intent() {
        BackupRecord backup = cluster.backup(label);
        Catalogue catalogue = new CatalogueReader(cluster).read();
        cluster.scrubManifest(backup);
        cluster.assertPacks(backup);
        List<Label> going = going(catalogue, backup);
        if (!going.isEmpty()) {
            assertGood(catalogue);
            assertFree(catalogue, going);
        }
        Optional<BackupRecord.Merged> how = backup.base().map(_ -> new BackupRecord.Merged(now, going));
        return new Intent(backup, going, how);
    }

    /** Base, base's base and so on, as long as they are there; of a merge that was cut off, those that are still there. */
    private static List<Label> going(Catalogue catalogue, BackupRecord backup) {
        Map<Label, Candidate> there = new TreeMap<>();
        catalogue.backups().forEach(each -> there.put(each.label(), each));
        TreeSet<Label> going = new TreeSet<>();
        backup.merged().ifPresent(how -> going.addAll(how.backups()));
        going.retainAll(there.keySet());
        Optional<Candidate> base = backup.base().map(there::get);
        while (base.isPresent()) {
            going.add(base.get().label());
            base = base.get().base().map(there::get);
        }
        return List.copyOf(going);
    }

    private void assertGood(Catalogue catalogue) {
        boolean good = catalogue.backups().stream()
                .anyMatch(backup -> backup.label().equals(label) && catalogue.isGood(backup));
        if (!good && !force) {
            throw new PgkeepException(
                    ErrorCode.MUST_STAY,
                    "backup " + label + " cannot be restored, so those that it builds on must stay: its WAL is not"
                            + " complete, or 'pgkeep verify' found it damaged",
                    "See 'pgkeep info --backup " + label + "'; with --force they go all the same.");
        }
    }

    private void assertFree(Catalogue catalogue, List<Label> going) {
        List<String> held = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (Candidate backup : catalogue.backups()) {
            Optional<String> why = going.contains(backup.label()) ? Expire.hold(backup, now) : Optional.empty();
            if (why.isPresent()) {
                held.add(backup.label() + ": " + why.get());
                labels.add(backup.label().value());
            }
        }
        if (!held.isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.MUST_STAY,
                    "backup " + label + " is not merged, because what it builds on must stay: "
                            + String.join("; ", held),
                    "If it may go: pgkeep unpin " + String.join(" && pgkeep unpin ", labels));
        }
    }

    private void tell(Intent intent) {
        if (intent.how().isPresent()) {
            long freed =
                    preview(intent).values().stream().mapToLong(Freed::bytes).sum();
            progress.info("merging backup " + label + " of cluster '" + cluster.name() + "': needs "
                    + ByteCount.print(neededBytes(intent)) + ", then frees " + ByteCount.print(freed));
        }
    }

    private long neededBytes(Intent intent) {
        return intent.how()
                .map(how -> cluster.revision().neededBytes(intent.backup(), how))
                .orElse(0L);
    }

    private Expire.Merged result(Intent intent, SortedMap<Label, Freed> freed) {
        List<Plan.Fate> fates = new ArrayList<>();
        intent.going().forEach(gone -> fates.add(new Plan.Fate.Goes(gone, List.of(new Objection.MergedInto(label)))));
        fates.add(new Plan.Fate.Stays(label, List.of(new Reason.Merged()), true));
        Expire.Result removed = new Expire.Result(new Plan(fates, List.of()), freed, Freed.NONE);
        return new Expire.Merged(label, intent.how().isPresent(), neededBytes(intent), removed);
    }
}
