package org.pgkeep.repository;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pgkeep.codec.Algorithm;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.postgres.wal.SegmentSummary;
import org.pgkeep.storage.ObjectName;
import org.pgkeep.storage.Storage;

/**
 * Summaries of archived WAL segments, each beside its segment and with the hash of its content in its name ({@code
 * docs/formats/wal-summary.md}). They follow from the segments and can be made anew at any time. Thread-safe.
 */
public final class WalSummaries {
    private static final String SUFFIX = ".summary";

    private final Storage storage;
    private final String root;

    WalSummaries(Storage storage, String root) {
        this.storage = storage;
        this.root = root;
    }

    private ObjectName name(SegmentName segment, String hash) {
        return ObjectName.of(root + "/" + segment.folder(), segment + "-" + hash + SUFFIX);
    }

    /**
     * The summary of a segment whose content has this hash; empty when there is none.
     *
     * @throws PgkeepException {@code DAMAGED}, {@code TOO_NEW}
     */
    public Optional<SegmentSummary> find(SegmentName segment, String hash) {
        ObjectName name = name(segment, hash);
        return SmallObjects.read(storage, name)
                .map(bytes -> SummaryFormat.parse(bytes, segment, storage.location(name)));
    }

    /** Whether there is one, sound or not. */
    public boolean has(SegmentName segment, String hash) {
        return storage.info(name(segment, hash)).isPresent();
    }

    /** The one of a segment that can be used; none where what is there cannot be used; that is removed if it is damaged. */
    public Optional<SegmentSummary> findSound(SegmentName segment, String hash) {
        try {
            return find(segment, hash);
        } catch (PgkeepException e) {
            if (e.code() == ErrorCode.DAMAGED) {
                boolean _ = storage.delete(name(segment, hash));
            } else if (e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Stores the summary of a segment that is durable and whose content has this hash; one that is there stays. */
    public void store(String hash, SegmentSummary summary) {
        boolean _ = storage.create(name(summary.segment(), hash), SummaryFormat.print(summary));
    }

    /** Where summaries are whose segment is not, in order. */
    public List<String> strays() {
        try (Stream<String> names = storage.names(root)) {
            return names.filter(WalNames::isFolder)
                    .sorted()
                    .flatMap(folder -> strays(root + "/" + folder).stream())
                    .toList();
        }
    }

    private List<String> strays(String folder) {
        Set<String> names;
        try (Stream<String> found = storage.names(folder)) {
            names = found.collect(Collectors.toSet());
        }
        return names.stream()
                .filter(name -> name.endsWith(SUFFIX))
                .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                .filter(stem -> segments(stem).noneMatch(names::contains))
                // A segment that was archived while the folder was read may be missed, and its summary seen.
                .filter(stem -> segments(stem)
                        .noneMatch(name ->
                                storage.info(ObjectName.of(folder, name)).isPresent()))
                .sorted()
                .map(stem -> storage.location(ObjectName.of(folder, stem + SUFFIX)))
                .toList();
    }

    private static Stream<String> segments(String stem) {
        return Arrays.stream(Algorithm.values()).map(algorithm -> stem + algorithm.suffix());
    }
}
