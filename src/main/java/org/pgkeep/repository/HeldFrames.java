package org.pgkeep.repository;

import java.util.BitSet;
import java.util.Iterator;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * Which frames of a backup that is to be copied are in the other repository already. A frame of another label's pack counts only if a backup
 * there names it: who was stopped in the middle of a compaction or removal may take away any other ({@code docs/formats/copy.md}).
 */
final class HeldFrames {
    private final ClusterStore cluster;
    private final ClusterStore source;
    private final Label wanted;
    private final boolean doubtful;
    private final LiveFrames live = LiveFrames.none();
    private final Iterator<Label> unread;

    HeldFrames(ClusterStore cluster, ClusterStore source, Label wanted) {
        this.cluster = cluster;
        this.source = source;
        this.wanted = wanted;
        this.doubtful = cluster.marks().damage(wanted).isPresent();
        // What it builds on was taken right before it, and names nearly all that it does: seldom more than one is read.
        this.unread = cluster.labels().reversed().iterator();
    }

    boolean holds(Label label, int number, BitSet frames) {
        if (!cluster.hasPack(label, number)) {
            return false;
        }
        // What a copy of this backup left that was cut off is its own.
        return has(label, number, frames) && (label.equals(wanted) || isLive(label, number, frames));
    }

    private boolean has(Label label, int number, BitSet frames) {
        try (PackReader pack = cluster.pack(label, number);
                PackReader original = source.pack(label, number)) {
            assertSame(pack, original);
            return frames.stream().noneMatch(i -> pack.frame(i).isDropped()) && (!doubtful || isSound(pack, frames));
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED) {
                throw e;
            }
            return false;
        }
    }

    private static boolean isSound(PackReader pack, BitSet frames) {
        try (PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
            frames.stream().forEach(i -> pack.scrub(i, buffer));
        }
        return true;
    }

    private boolean isLive(Label label, int number, BitSet frames) {
        while (!covers(label, number, frames)) {
            if (!unread.hasNext()) {
                return false;
            }
            addFramesOf(unread.next());
        }
        return true;
    }

    /** Of one that cannot be read nothing counts, so that more is written anew than must be. */
    private void addFramesOf(Label label) {
        try {
            cluster.find(label).ifPresent(backup -> live.add(cluster, backup));
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
        }
    }

    private boolean covers(Label label, int number, BitSet frames) {
        BitSet rest = (BitSet) frames.clone();
        live.of(label, number).ifPresent(rest::andNot);
        return rest.isEmpty();
    }

    /** Labels are times: two repositories may have two backups of one second. */
    static void assertSame(PackReader here, PackReader original) {
        boolean same = here.frames().size() == original.frames().size();
        for (int i = 0; same && i < here.frames().size(); i++) {
            Frame one = here.frame(i);
            Frame other = original.frame(i);
            same = one.isDropped() || other.isDropped() || one.storedHash() == other.storedHash();
        }
        if (!same) {
            throw new PgkeepException(
                    ErrorCode.CONFLICT,
                    here.location() + " is of another backup than " + original.location(),
                    "Two backups have this label, one in each repository, and neither can be copied into the other.");
        }
    }
}
