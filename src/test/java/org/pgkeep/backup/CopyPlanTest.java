package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.backup.change.BlockSet;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.repository.BlockHashes;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Extent;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PathName;
import org.pgkeep.repository.Repository;
import org.pgkeep.storage.memory.MemoryStorage;

final class CopyPlanTest {
    @TempDir
    private Path directory;

    @Test
    void everyReadingComesBackFromEveryPosition() {
        try (Repository repository = Repository.openOrCreate(new MemoryStorage(), java.time.InstantSource.system());
                CopyPlan plan = new CopyPlan(directory, source(repository), source(repository))) {
            BaseFile base = new BaseFile(
                    3L * Blocks.BYTES, List.of(Extent.zero(1), new Extent(2, 1, 7, 9, 5)), source(repository));
            BlockSet blocks = new BlockSet().with(1, 3).with(200, 201);
            plan.add(new CopyJob.Source(3, PathName.of("a"), 10, new Reading.Whole()));
            plan.add(new CopyJob.Source(5, PathName.of("b\n"), 20, new Reading.Compared(base, new Lsn(77))));
            plan.add(new CopyJob.Source(
                    6, PathName.of("b2"), 30, new Reading.Compared(base, Lsn.INVALID), Optional.of(base)));
            plan.add(new CopyJob.Source(9, PathName.of("c"), 201L * Blocks.BYTES, new Reading.Some(base, blocks)));
            plan.finish();

            List<Long> positions = new ArrayList<>();
            List<CopyJob.Source> files = new ArrayList<>();
            CopyPlan.Reader reader = plan.read(0);
            positions.add(reader.position());
            for (Optional<CopyJob.Source> next = reader.next(); next.isPresent(); next = reader.next()) {
                files.add(next.get());
                positions.add(reader.position());
            }
            assertThat(files).extracting(CopyJob.Source::ordinal).containsExactly(3L, 5L, 6L, 9L);
            assertThat(files)
                    .extracting(CopyJob.Source::path)
                    .containsExactly(PathName.of("a"), PathName.of("b\n"), PathName.of("b2"), PathName.of("c"));
            assertThat(files.get(1).remains()).isEmpty();
            assertThat(files.get(2).remains().orElseThrow().extents()).isEqualTo(base.extents());
            assertThat(files.get(0).reading()).isEqualTo(new Reading.Whole());
            assertThat(files.get(1).reading()).isInstanceOfSatisfying(Reading.Compared.class, compared -> {
                assertThat(compared.trustedBefore()).isEqualTo(new Lsn(77));
                assertThat(compared.base().extents()).isEqualTo(base.extents());
                assertThat(compared.base().sizeBytes()).isEqualTo(base.sizeBytes());
            });
            Reading some = plan.read(positions.get(3)).next().orElseThrow().reading();
            assertThat(some.low(0)).isEqualTo(0b110);
            assertThat(some.high(0)).isZero();
            assertThat(some.high(1)).isEqualTo(1L << 8);
            assertThat(some.bytes(Long.MAX_VALUE)).isEqualTo(3L * Blocks.BYTES);
        }
    }

    private static BaseFile.Source source(Repository repository) {
        return new BaseFile.Source(
                List.of(Label.parse("20261121-203000F").orElseThrow()),
                new BlockHashes(repository.register(new ClusterName("main"), 7, "15")));
    }
}
