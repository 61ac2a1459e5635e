package org.pgkeep.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PackNumbers;

/** Sizes of backups that share packs, compared with what sets say. */
class PackSharesTest {
    private static final long MANIFEST_BYTES = 1000;

    /** A pack and its length. */
    private record Pack(Label label, int number, long bytes) {}

    @Test
    void sharedAndUniqueBytesAreThoseOfTheSetsOfPacks() {
        for (long seed = 1; seed <= 500; seed++) {
            check(new Random(seed), "seed " + seed);
        }
    }

    private static void check(Random random, String seed) {
        List<BackupRecord> all = new ArrayList<>();
        Map<String, BackupRecord.Reference> known = new TreeMap<>();
        Map<Label, Set<Pack>> kept = new TreeMap<>();
        List<Pack> packs = new ArrayList<>();
        int thirds = 1 + random.nextInt(3);
        for (int i = 0; i < 8; i++) {
            Label label = Label.of(Instant.EPOCH.plusSeconds(i), i == 0 ? BackupType.FULL : BackupType.INCREMENTAL);
            List<Pack> own = new ArrayList<>();
            for (int number = 1; number <= random.nextInt(4); number++) {
                own.add(new Pack(label, number, 1 + random.nextInt(100)));
            }
            Set<Pack> others =
                    packs.stream().filter(_ -> random.nextInt(3) < thirds).collect(Collectors.toSet());
            all.add(record(label, own, others, known));
            packs.addAll(own);
            Set<Pack> both = new HashSet<>(own);
            both.addAll(others);
            kept.put(label, both);
        }
        // Some were deleted; their packs stay as long as others name them.
        all.removeIf(backup -> random.nextInt(4) == 0);
        kept.keySet().retainAll(all.stream().map(BackupRecord::label).collect(Collectors.toSet()));

        PackShares shares = new PackShares();
        Map<Label, PackShares.Uses> uses = new TreeMap<>();
        all.forEach(backup -> uses.put(backup.label(), shares.uses(backup)));
        shares.count(uses.values(), Set.of(), labels -> lengths(labels, packs));

        assertThat(shares.keptBytes()).as(seed).isEqualTo(bytes(union(kept, Optional.empty())));
        for (BackupRecord backup : all) {
            Set<Pack> of = kept.getOrDefault(backup.label(), Set.of());
            Set<Pack> freed = new HashSet<>(of);
            freed.removeAll(union(kept, Optional.of(backup.label())));
            long others = of.stream()
                    .filter(pack -> !pack.label.equals(backup.label()))
                    .mapToLong(Pack::bytes)
                    .sum();
            assertThat(shares.of(Optional.ofNullable(uses.get(backup.label())).orElseThrow()))
                    .as("%s, %s", seed, backup.label())
                    .isEqualTo(new BackupEntry.Shares(others, MANIFEST_BYTES + bytes(freed)));
        }
    }

    @Test
    void aBackupThatCannotBeReadKeepsItsPacks() {
        Label full = Label.of(Instant.EPOCH, BackupType.FULL);
        Label later = Label.of(Instant.EPOCH.plusSeconds(1), BackupType.INCREMENTAL);
        Set<Pack> ofFull = Set.of(new Pack(full, 1, 50));
        PackShares shares = new PackShares();
        PackShares.Uses uses = shares.uses(record(later, List.of(), ofFull));
        shares.count(List.of(uses), Set.of(full), labels -> lengths(labels, List.copyOf(ofFull)));
        assertThat(shares.of(uses)).isEqualTo(new BackupEntry.Shares(50, MANIFEST_BYTES));
    }

    private static Set<Pack> union(Map<Label, Set<Pack>> kept, Optional<Label> without) {
        return kept.entrySet().stream()
                .filter(entry -> !without.equals(Optional.of(entry.getKey())))
                .flatMap(entry -> entry.getValue().stream())
                .collect(Collectors.toSet());
    }

    private static long bytes(Set<Pack> packs) {
        return packs.stream().mapToLong(Pack::bytes).sum();
    }

    private static Map<Label, List<Long>> lengths(List<Label> labels, List<Pack> packs) {
        Map<Label, List<Long>> lengths = new TreeMap<>();
        labels.forEach(label -> lengths.put(
                label,
                packs.stream()
                        .filter(pack -> pack.label.equals(label))
                        .map(Pack::bytes)
                        .toList()));
        return lengths;
    }

    private static BackupRecord record(Label label, List<Pack> own, Set<Pack> others) {
        return record(label, own, others, new TreeMap<>());
    }

    /** With the same objects for what other records say as well, as they are read. */
    private static BackupRecord record(
            Label label, List<Pack> own, Set<Pack> others, Map<String, BackupRecord.Reference> known) {
        Map<Label, PackNumbers> references = new TreeMap<>();
        others.forEach(pack ->
                references.computeIfAbsent(pack.label, _ -> new PackNumbers()).add(pack.number));
        List<BackupRecord.Reference> list = new ArrayList<>();
        references.forEach((owner, numbers) -> list.add(
                known.computeIfAbsent(owner + " " + numbers.print(), _ -> new BackupRecord.Reference(owner, numbers))));
        return new BackupRecord(
                label,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                list,
                1,
                1,
                "17",
                BackupWal.ARCHIVE,
                false,
                label.start(),
                label.start(),
                new Lsn(1),
                new Lsn(2),
                1,
                1,
                1 << 20,
                true,
                "none",
                new BackupRecord.Sizes(1, 1, 1, own.stream().map(Pack::bytes).toList()),
                new BackupRecord.Manifest(MANIFEST_BYTES, 0),
                List.of(),
                "",
                "",
                "test");
    }
}
