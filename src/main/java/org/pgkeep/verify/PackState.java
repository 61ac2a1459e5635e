package org.pgkeep.verify;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.Label;

/**
 * What is known of a pack once it was read: how many blocks each frame holds, and what is wrong. Filled by one worker, then used by
 * the thread that goes through the manifests.
 */
final class PackState {
    private final String location;
    private final Instant at;
    private byte[] blocks = {};
    private Optional<PgkeepException> unreadable = Optional.empty();
    private final SortedMap<Integer, PgkeepException> damagedFrames = new TreeMap<>();
    private final SortedSet<Label> affected = new TreeSet<>();
    private boolean used;

    /** Looked at then. */
    PackState(String location, Instant at) {
        this.location = location;
        this.at = at;
    }

    /** When it was looked at. */
    Instant at() {
        return at;
    }

    String location() {
        return location;
    }

    /** Its index was read: this many frames. */
    void frames(int count) {
        blocks = new byte[count];
    }

    /** How many blocks a frame holds: 1 to 128. */
    void frame(int number, int contentBlocks) {
        blocks[number] = (byte) contentBlocks;
    }

    void damagedFrame(int number, PgkeepException error) {
        damagedFrames.put(number, error);
    }

    void unreadable(PgkeepException error) {
        unreadable = Optional.of(error);
    }

    /** How an extent's place in it is. */
    enum Place {
        SOUND,
        /** The frame, or the whole pack, is damaged: told as such. */
        DAMAGED,
        /** There is no such frame, or it is shorter. */
        OUTSIDE
    }

    /** A backup uses these blocks of a frame. */
    Place use(Label backup, int frame, int firstBlock, int count) {
        used = true;
        if (unreadable.isPresent()) {
            affected.add(backup);
            return Place.DAMAGED;
        }
        if (frame >= blocks.length || firstBlock + count > (blocks[frame] & 0xFF)) {
            return Place.OUTSIDE;
        }
        if (damagedFrames.containsKey(frame)) {
            affected.add(backup);
            return Place.DAMAGED;
        }
        return Place.SOUND;
    }

    /** Whether nothing of it is damaged. */
    boolean isSound() {
        return unreadable.isEmpty() && damagedFrames.isEmpty();
    }

    boolean isUsed() {
        return used;
    }

    /** Whether the index can be trusted. */
    boolean isReadable() {
        return unreadable.isEmpty();
    }

    void tell(Findings findings) {
        unreadable.ifPresent(error -> findings.error(location, affected, error, ManifestCheck.LACKS));
        damagedFrames.values().forEach(error -> findings.error(location, affected, error, ManifestCheck.LACKS));
    }
}
