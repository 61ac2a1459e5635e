package org.pgkeep.restore;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pgkeep.postgres.RecoverySettings;
import org.pgkeep.repository.Label;

/**
 * Which backup, and how far from it.
 *
 * @param backup empty: chosen by the recovery target
 * @param recovery target, timeline and commands that the cluster gets
 * @param wal where recovery will take WAL from
 * @param damagedToo whether also a backup will do that is marked as damaged
 * @param without none of these
 */
public record Wanted(
        Optional<Label> backup, RecoverySettings recovery, WalFrom wal, boolean damagedToo, Set<Label> without) {
    public Wanted {
        without = Set.copyOf(without);
    }

    /** The usual: chosen by the target, everything checked. */
    public static Wanted of(RecoverySettings recovery) {
        return new Wanted(Optional.empty(), recovery, WalFrom.ARCHIVE, false, Set.of());
    }

    /** Of this backup, or of any. */
    public Wanted withBackup(Optional<Label> label) {
        return new Wanted(label, recovery, wal, damagedToo, without);
    }

    /** With WAL from there. */
    public Wanted withWal(WalFrom from) {
        return new Wanted(backup, recovery, from, damagedToo, without);
    }

    /** Even of a damaged backup. */
    public Wanted withDamagedToo(boolean newDamagedToo) {
        return new Wanted(backup, recovery, wal, newDamagedToo, without);
    }

    /** Any but this one. */
    public Wanted without(Label label) {
        Set<Label> more = new TreeSet<>(without);
        more.add(label);
        return new Wanted(Optional.empty(), recovery, wal, damagedToo, more);
    }
}
