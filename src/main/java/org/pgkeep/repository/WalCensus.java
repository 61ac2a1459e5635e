package org.pgkeep.repository;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ArchiveFileName;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.storage.ObjectInfo;
import org.pgkeep.storage.Storage;

/**
 * Which WAL an archive holds, by the names alone: nothing is opened, and nothing looked at unless sizes are asked for.
 *
 * @param folders in order of timeline and LSN
 * @param histories timelines whose history is there, ascending
 */
public record WalCensus(List<WalFolder> folders, List<Integer> histories) {
    private static final int SEGMENT_BYTES_USUAL = 16 << 20;

    public WalCensus {
        folders = List.copyOf(folders);
        histories = List.copyOf(histories);
    }

    static WalCensus take(Storage storage, String root, Optional<Instant> since) {
        List<String> names;
        try (Stream<String> found = storage.names(root)) {
            names = found.sorted().toList();
        }
        List<String> folders = names.stream().filter(WalNames::isFolder).toList();
        List<WalFolder> counted = ParallelReads.all(
                storage.traits(),
                folders,
                folder -> since.map(recent -> weighed(storage, root, folder, recent))
                        .orElseGet(() -> counted(storage, root, folder)));
        return new WalCensus(counted, histories(names));
    }

    /** Timelines whose histories are among these names of the archive's own folder, in their order. */
    private static List<Integer> histories(List<String> names) {
        return names.stream().flatMap(name -> timeline(name).stream()).toList();
    }

    /** The same without a look into the folders of segments, of which there may be thousands. */
    static List<Integer> histories(Storage storage, String root) {
        try (Stream<String> found = storage.names(root)) {
            return histories(found.sorted().toList());
        }
    }

    /**
     * The size of a segment: what the header of one says; if it cannot be read, for verify tells about damage, the largest up to the usual
     * one with which there can be segments of these numbers.
     *
     * @param wal where they are
     */
    public int segmentBytes(WalArchive wal) {
        for (WalFolder folder : folders) {
            if (folder.nextThere(0) >= 0) {
                return fromHeader(wal, folder.segment(folder.nextThere(0))).orElseGet(this::fromNumbers);
            }
        }
        return SEGMENT_BYTES_USUAL;
    }

    private static Optional<Integer> fromHeader(WalArchive wal, SegmentName segment) {
        try {
            return wal.find(segment.toString()).map(stored -> wal.header(stored).segmentBytes());
        } catch (PgkeepException e) {
            return Optional.empty();
        }
    }

    private int fromNumbers() {
        int last = folders.stream().mapToInt(WalFolder::lastThere).max().orElse(0);
        int bytes = SEGMENT_BYTES_USUAL;
        while ((long) bytes * last >= 1L << 32) {
            bytes /= 2;
        }
        return bytes;
    }

    /** What is there in one folder. */
    static WalFolder counted(Storage storage, String root, String folder) {
        WalFolder count = folder(folder);
        try (Stream<String> names = storage.names(root + "/" + folder)) {
            names.filter(name -> name.startsWith(folder)).forEach(name -> count.add(name));
        }
        return count;
    }

    private static WalFolder weighed(Storage storage, String root, String folder, Instant since) {
        WalFolder count = folder(folder);
        try (Stream<ObjectInfo> objects = storage.list(root + "/" + folder)) {
            objects.forEach(object -> {
                String name = object.name().last();
                if (name.startsWith(folder)) {
                    count.add(name, object.sizeBytes(), object.modified(), since);
                }
            });
        }
        return count;
    }

    private static WalFolder folder(String name) {
        return new WalFolder(Integer.parseUnsignedInt(name, 0, 8, 16), Integer.parseUnsignedInt(name, 8, 16, 16));
    }

    private static Optional<Integer> timeline(String name) {
        int dash = name.indexOf('-');
        return dash < 0
                ? Optional.empty()
                : ArchiveFileName.parse(name.substring(0, dash))
                        .map(file -> file instanceof ArchiveFileName.History(int timeline) ? timeline : 0)
                        .filter(timeline -> timeline != 0);
    }
}
