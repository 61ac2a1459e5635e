package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.pgkeep.repository.BackupRecord;

class WarningsTest {
    private static BackupRecord.Warning of(int file, int pages) {
        return new BackupRecord.Warning(
                "base/5/" + file,
                LongStream.range(0, pages).boxed().toList(),
                pages + " pages of base/5/" + file + " failed their check, the first is 0");
    }

    @Test
    void fewAreKeptAsTheyAre() {
        Warnings warnings = new Warnings();
        warnings.add("the whole");
        warnings.add(of(1, 3));
        assertThat(warnings.all()).containsExactly(new BackupRecord.Warning("", List.of(), "the whole"), of(1, 3));
    }

    @Test
    void howeverMuchIsDamagedTheRecordStaysReadable() {
        Warnings warnings = new Warnings();
        for (int file = 0; file < 12_000; file++) {
            warnings.add(of(file, 1_500));
        }
        List<BackupRecord.Warning> all = warnings.all();
        assertThat(all).hasSize(10_001);
        assertThat(all.getFirst().pages()).hasSize(1_000);
        assertThat(all.getFirst().message()).startsWith("1500 pages");
        assertThat(all.get(1_000).pages()).isEmpty();
        assertThat(all.getLast().message()).isEqualTo("pages of 2000 more files failed their check");
    }
}
