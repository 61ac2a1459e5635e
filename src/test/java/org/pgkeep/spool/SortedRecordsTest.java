package org.pgkeep.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SortedRecordsTest {
    @TempDir
    private Path directory;

    @Test
    void recordsComeBackInOrderFromMemory() {
        sortsRandomRecords(100, 1000);
    }

    @Test
    void recordsComeBackInOrderThroughManyRunsOnDisk() {
        sortsRandomRecords(10_000, 64);
    }

    @Test
    void aRunThatIsExactlyFullIsNotLost() {
        sortsRandomRecords(128, 64);
    }

    @Test
    void noRecordsGiveNone() {
        sortsRandomRecords(0, 64);
    }

    @Test
    void theTemporaryFileIsGoneAfterClosing() throws Exception {
        sortsRandomRecords(1000, 10);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private void sortsRandomRecords(int count, int inMemory) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<List<Long>> expected = new ArrayList<>();
        List<List<Long>> found = new ArrayList<>();
        try (SortedRecords records = new SortedRecords(directory, 3, 2, inMemory)) {
            for (int i = 0; i < count; i++) {
                long a = random.nextLong() | (random.nextBoolean() ? Long.MIN_VALUE : 0);
                // The second key decides among equal first ones; the third long is payload that identifies the record.
                long first = i % 3 == 0 ? 7 : a;
                records.add(first, i, a);
                expected.add(List.of(first, (long) i, a));
            }
            assertThat(records.size()).isEqualTo(count);
            SortedRecords.Cursor cursor = records.sorted();
            while (cursor.next()) {
                found.add(List.of(cursor.get(0), cursor.get(1), cursor.get(2)));
            }
        }
        Comparator<List<Long>> first = (x, y) -> Long.compareUnsigned(x.get(0), y.get(0));
        expected.sort(first.thenComparing((x, y) -> Long.compareUnsigned(x.get(1), y.get(1))));
        assertThat(found).as("seed %d", seed).isEqualTo(expected);
    }
}
