package org.pgkeep.repository;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * Which segments of an archive were found damaged: an object beside each says so ({@code docs/formats/wal.md}). Recovery would end at one, so
 * nobody may count on what lies behind it until the segment is stored anew. Thread-safe.
 */
public final class WalDamage {
    private final WalArchive wal;
    private final Storage storage;
    private final String root;

    WalDamage(WalArchive wal, Storage storage, String root) {
        this.wal = wal;
        this.storage = storage;
        this.root = root;
    }

    /** Notes one, with a line that says why; durable when this returns. */
    public void note(SegmentName segment, String why) {
        boolean _ = storage.create(object(segment), (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** One is sound again. */
    public void clear(SegmentName segment) {
        boolean _ = storage.delete(object(segment));
    }

    /** Whether one was found damaged. */
    public boolean isNoted(SegmentName segment) {
        return storage.info(object(segment)).isPresent();
    }

    /** All that are there and were found damaged, in order. */
    public Set<SegmentName> all() {
        Set<SegmentName> all = new TreeSet<>();
        for (WalFolder folder : wal.census(Optional.empty()).folders()) {
            for (int i = folder.nextDamaged(0); i >= 0; i = folder.nextDamaged(i + 1)) {
                all.add(folder.segment(i));
            }
        }
        return all;
    }

    private ObjectName object(SegmentName segment) {
        return ObjectName.of(root + "/" + segment.folder(), segment + WalNames.DAMAGED);
    }
}
