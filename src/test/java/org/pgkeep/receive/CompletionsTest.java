package org.pgkeep.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.codec.Compression;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.SegmentPush;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.Storage;
import org.pgkeep.storage.layer.FaultyStorage;
import org.pgkeep.storage.memory.MemoryStorage;

class CompletionsTest {
    private static final SegmentName FIRST =
            SegmentName.parse("000000010000000000000004").orElseThrow();
    private static final SegmentName SECOND =
            SegmentName.parse("000000010000000000000005").orElseThrow();

    private final TinyRepository.StandingClock clock = new TinyRepository.StandingClock("2026-11-21T20:30:00Z");

    @TempDir
    private Path directory;

    /** The next stream would begin behind the second: nobody would ask for the first again. */
    @Test
    void noSegmentIsStoredWithoutTheOneBeforeIt() {
        int at = 1;
        boolean fired = true;
        for (; fired; at++) {
            MemoryStorage store = new MemoryStorage();
            ClusterStore cluster = TinyRepository.cluster(store, clock);
            FaultyStorage faulty = new FaultyStorage(store, FaultyStorage.Fault.FAIL, at, 0);
            try {
                storeBoth(faulty);
            } catch (PgkeepException _) {
                // What the stream ends with.
            }
            fired = faulty.fired();
            assertThat(cluster.wal().has(SECOND) && !cluster.wal().has(FIRST))
                    .as(faulty.toString())
                    .isFalse();
            assertThat(cluster.wal().has(SECOND) || fired).isTrue();
            assertThat(directory).isEmptyDirectory();
        }
        assertThat(at).as("steps that were broken").isGreaterThan(10);
    }

    private void storeBoth(Storage storage) {
        ClusterStore cluster = Repository.open(storage, clock).cluster(TinyRepository.MAIN);
        try (Completions completions =
                new Completions(SegmentPush.into(cluster, Compression.DEFAULT, true), Progress.SILENT)) {
            completions.add(complete(cluster, FIRST));
            completions.add(complete(cluster, SECOND));
            completions.drain();
        }
    }

    private RunningSegment complete(ClusterStore cluster, SegmentName name) {
        byte[] content = TinyRepository.segment(name.toString(), name.low());
        RunningSegment segment =
                RunningSegment.begin(cluster.wal(), name, content.length, Compression.DEFAULT, directory);
        segment.take(0, ByteBuffer.wrap(content));
        return segment;
    }
}
