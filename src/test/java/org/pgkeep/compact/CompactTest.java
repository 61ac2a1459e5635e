package org.pgkeep.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.Compaction;
import org.pgkeep.repository.PackReader;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.ObjectName;

/** What a compaction does in a repository. */
class CompactTest {
    private static final Hollow MADE = Hollow.make(false);

    private final Hollow hollow = MADE.copy();

    @Test
    void whatNobodyNamesGoesAndEverythingElseStaysAsItIs() {
        List<ObjectName> names = TinyRepository.names(hollow.storage);
        long before = size(1);
        long other = size(2);
        Compact.Result dry = hollow.compact(hollow.storage, 50, true);
        assertThat(size(1)).as("a dry run").isEqualTo(before);
        Compact.Result result = hollow.compact(hollow.storage, 50, false);
        assertThat(result).as("a dry run tells what a run does").isEqualTo(dry);
        Compaction.Pack pack = result.rewritten().getFirst();
        assertThat(result.rewritten()).hasSize(1);
        assertThat(pack.label()).isEqualTo(hollow.gone);
        assertThat(pack.number()).isEqualTo(1);
        assertThat(pack.deadBytes()).isGreaterThan(9 * pack.liveBytes());
        assertThat(result.freedBytes()).isEqualTo(pack.deadBytes());
        assertThat(result.neededBytes()).isEqualTo(pack.liveBytes());
        assertThat(size(1)).isLessThanOrEqualTo(before - pack.deadBytes());
        assertThat(size(2)).as("of which all is named").isEqualTo(other);
        assertThat(TinyRepository.names(hollow.storage)).containsAll(names);
        assertThat(hollow.wrong()).isEmpty();
        assertThat(hollow.verify().findings()).isEmpty();
        assertThat(hollow.compact(hollow.storage, 100, false).rewritten())
                .as("run again")
                .isEmpty();
    }

    private long size(int pack) {
        return hollow.storage.info(name(pack)).orElseThrow().sizeBytes();
    }

    private ObjectName name(int pack) {
        return TinyRepository.only(hollow.storage, hollow.gone + "/packs/" + pack + ".pack");
    }

    @Test
    void aPackOfWhichEnoughIsNamedStays() {
        assertThat(hollow.compact(hollow.storage, 1, false).rewritten()).isEmpty();
        assertThat(hollow.compact(hollow.storage, 1, false).looked()).isGreaterThan(2);
    }

    @Test
    void whoHasThePackOpenReadsOn() {
        try (PackReader pack = hollow.cluster().pack(hollow.gone, 1);
                PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
            assertThat(hollow.compact(hollow.storage, 50, false).rewritten()).hasSize(1);
            for (int i = 0; i < pack.frames().size(); i++) {
                pack.read(i, buffer);
            }
        }
    }

    @Test
    void aDroppedFrameIsNotReadAsIfItWereThere() {
        Compact.Result _ = hollow.compact(hollow.storage, 50, false);
        try (PackReader pack = hollow.cluster().pack(hollow.gone, 1);
                PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
            assertThat(pack.frame(0).isDropped()).isFalse();
            assertThat(pack.frame(1).isDropped()).isTrue();
            pack.read(0, buffer);
            assertThatThrownBy(() -> pack.read(1, buffer))
                    .isInstanceOf(PgkeepException.class)
                    .hasMessageContaining("frame 1", "is gone: no backup named it");
        }
    }

    @Test
    void packsOfAnAttemptAreLeftToTheNextBackup() {
        BackupWriter writer = hollow.cluster().begin(BackupType.FULL, TinyRepository.OWNER);
        writer.close();
        Map<?, ?> before = hollow.cluster().packs(hollow.gone);
        ObjectName attempt = new ObjectName("clusters/main/attempts/" + hollow.gone + ".json");
        assertThat(hollow.storage.create(attempt, new byte[] {1})).isTrue();
        assertThat(hollow.compact(hollow.storage, 100, false).rewritten()).isEmpty();
        assertThat(hollow.cluster().packs(hollow.gone)).isEqualTo(before);
    }

    @Test
    void aDamagedFrameThatIsNeededKeepsItsPackAsItIs() {
        // The first frame begins right behind the header, and is named.
        TinyRepository.flip(hollow.storage, name(1), 20);
        long before = size(1);
        Compact.Result result = hollow.compact(hollow.storage, 50, false);
        assertThat(result.rewritten()).isEmpty();
        assertThat(result.damaged()).singleElement().asString().contains("1.pack", "frame 0", "is damaged");
        assertThat(size(1)).isEqualTo(before);
    }

    @Test
    void aPackWhoseIndexIsDamagedIsLeftAsItIsAndSaid() {
        TinyRepository.flip(hollow.storage, name(2), (int) size(2) - 60);
        Compact.Result result = hollow.compact(hollow.storage, 50, false);
        assertThat(result.rewritten()).hasSize(1);
        assertThat(result.damaged()).singleElement().asString().contains("2.pack");
    }

    @Test
    void aBackupThatCannotBeReadMayNeedAnyPack() {
        for (String object : List.of("/backup.json", "/manifest.pb.zst")) {
            Hollow broken = MADE.copy();
            TinyRepository.flip(broken.storage, TinyRepository.only(broken.storage, broken.left + object), 30);
            List<ObjectName> names = TinyRepository.names(broken.storage);
            assertThatThrownBy(() -> broken.compact(broken.storage, 50, false))
                    .isInstanceOfSatisfying(
                            PgkeepException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED))
                    .hasMessageContaining(broken.left.value());
            assertThat(TinyRepository.names(broken.storage)).containsAll(names);
        }
    }
}
