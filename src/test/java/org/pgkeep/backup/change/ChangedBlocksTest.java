package org.pgkeep.backup.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.RelationFile;

final class ChangedBlocksTest {
    private static final long BLOCK = 8192;

    @TempDir
    private Path directory;

    private static ControlFile.Layout layout(int pageBytes, int segmentPages) {
        return new ControlFile.Layout(pageBytes, segmentPages, 8192, 16 << 20);
    }

    private static RelationFile file(String path) {
        return RelationFile.parse(path).orElseThrow();
    }

    private static List<Long> blocks(BlockSet set) {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < set.groups(); i++) {
            for (int bit = 0; bit < 128; bit++) {
                long word = bit < 64 ? set.low(i) : set.high(i);
                if ((word >>> bit & 1) == 1) {
                    blocks.add((long) set.group(i) * 128 + bit);
                }
            }
        }
        return blocks;
    }

    @Test
    void pagesAreFoundInTheSegmentFileThatHoldsThem() {
        try (ChangedBlocks changes = new ChangedBlocks(layout(8192, 1000), directory)) {
            changes.page(1663, 5, 20, 2001);
            changes.page(1663, 5, 20, 7);
            changes.page(1663, 5, 20, 999);
            changes.page(1663, 5, 20, 7);
            changes.page(1700, 5, 20, 3);
            changes.file(file("base/5/20.2"), 4, 10 * BLOCK);
            changes.file(file("base/5/20"), 1, 1000 * BLOCK);
            changes.file(file("base/5/20.1"), 3, 1000 * BLOCK);
            changes.file(file("base/5/21"), 5, 10 * BLOCK);
            try (ChangedBlocks.Files files = changes.byFile()) {
                assertThat(blocks(files.of(1))).containsExactly(7L, 999L);
                assertThat(blocks(files.of(3))).isEmpty();
                assertThat(blocks(files.of(4))).containsExactly(1L);
                assertThat(blocks(files.of(5))).isEmpty();
            }
        }
    }

    @Test
    void smallAndLargePagesCoverTheirBlocks() {
        try (ChangedBlocks small = new ChangedBlocks(layout(4096, 1000), directory);
                ChangedBlocks large = new ChangedBlocks(layout(32768, 1000), directory)) {
            small.page(1663, 5, 20, 3);
            large.page(1663, 5, 20, 3);
            for (ChangedBlocks changes : List.of(small, large)) {
                changes.file(file("base/5/20"), 0, 100 * BLOCK);
            }
            try (ChangedBlocks.Files ofSmall = small.byFile();
                    ChangedBlocks.Files ofLarge = large.byFile()) {
                assertThat(blocks(ofSmall.of(0))).containsExactly(1L);
                assertThat(blocks(ofLarge.of(0))).containsExactly(12L, 13L, 14L, 15L);
            }
        }
    }

    @Test
    void aRelationThatWasCutIsNewFromThereOnInEverySegment() {
        try (ChangedBlocks changes = new ChangedBlocks(layout(8192, 100), directory)) {
            changes.limit(1663, 5, 20, 250);
            changes.limit(1663, 5, 20, 198);
            changes.page(1663, 5, 20, 0);
            changes.page(1663, 5, 21, 0);
            changes.file(file("base/5/20"), 0, 100 * BLOCK);
            changes.file(file("base/5/20.1"), 1, 100 * BLOCK);
            changes.file(file("base/5/20.2"), 2, 3 * BLOCK);
            changes.file(file("base/5/21"), 3, 3 * BLOCK);
            try (ChangedBlocks.Files files = changes.byFile()) {
                assertThat(blocks(files.of(0))).containsExactly(0L);
                assertThat(blocks(files.of(1))).containsExactly(98L, 99L);
                assertThat(blocks(files.of(2))).containsExactly(0L, 1L, 2L);
                assertThat(blocks(files.of(3))).containsExactly(0L);
            }
        }
    }

    @Test
    void aNewDatabaseIsNewInItsTablespaceOnly() {
        try (ChangedBlocks changes = new ChangedBlocks(layout(8192, 100), directory)) {
            changes.database(1663, 7);
            changes.file(file("base/5/20"), 0, BLOCK);
            changes.file(file("base/7/20"), 1, 2 * BLOCK);
            changes.file(file("base/8/20"), 2, BLOCK);
            changes.file(file("pg_tblspc/16500/PG_15_202209061/7/20"), 3, BLOCK);
            try (ChangedBlocks.Files files = changes.byFile()) {
                assertThat(blocks(files.of(0))).isEmpty();
                assertThat(blocks(files.of(1))).containsExactly(0L, 1L);
                assertThat(blocks(files.of(2))).isEmpty();
                assertThat(blocks(files.of(3))).isEmpty();
            }
        }
    }

    @Test
    void setsOfBlocksAgreeWithBitSets() {
        Random random = new Random(20261124);
        for (int round = 0; round < 500; round++) {
            BitSet expected = new BitSet();
            BlockSet set = new BlockSet();
            for (int i = 0; i < 5; i++) {
                int first = random.nextInt(1000);
                int end = first + random.nextInt(300);
                expected.set(first, end);
                set = set.with(first, end);
            }
            int length = random.nextInt(1300);
            expected.clear(length, 2000);
            set = set.before(length);
            assertThat(blocks(set))
                    .isEqualTo(expected.stream().mapToLong(i -> i).boxed().toList());
            assertThat(set.blocks()).isEqualTo(expected.cardinality());
        }
    }
}
