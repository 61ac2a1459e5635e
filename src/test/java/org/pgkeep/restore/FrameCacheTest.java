package org.pgkeep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pgkeep.codec.FrameCodec;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.storage.memory.MemoryStorage;

/** What is held, and for how long. */
class FrameCacheTest {
    private static final int CAPACITY = 3;

    private final ClusterStore store = TinyRepository.cluster(new MemoryStorage(), Instant::now);
    private final FrameCache cache = new FrameCache(CAPACITY);

    private HeldFrame filled(long number) {
        HeldFrame frame = cache.take(new HeldFrame.Key(store, number));
        if (frame.content() == null) {
            frame.fill(cache.room());
        }
        return frame;
    }

    @Test
    void whatWasUsedLastIsHeld() {
        for (long number = 1; number <= CAPACITY; number++) {
            cache.release(filled(number));
        }
        cache.release(filled(1));
        cache.release(filled(4));
        assertThat(cache.take(new HeldFrame.Key(store, 1)).content()).isNotNull();
        assertThat(cache.take(new HeldFrame.Key(store, 3)).content()).isNotNull();
        assertThat(cache.take(new HeldFrame.Key(store, 2)).content())
                .as("the one used first")
                .isNull();
    }

    @Test
    void whatIsInUseStaysHoweverManyThatAre() {
        List<HeldFrame> inUse = new ArrayList<>();
        for (long number = 1; number <= 2 * CAPACITY; number++) {
            inUse.add(filled(number));
        }
        assertThat(inUse).doesNotHaveDuplicates().allMatch(frame -> frame.content() != null);
        for (HeldFrame frame : inUse) {
            assertThat(cache.take(frame.key())).isSameAs(frame);
        }
    }

    /** Whatever is taken and released in which order: nobody's memory is given to another, and it is not more than was agreed. */
    @Test
    void memoryIsUsedAgainButByOneAtATime() {
        Random random = new Random(3);
        List<HeldFrame> inUse = new ArrayList<>();
        Set<byte[]> everything = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 2000; i++) {
            if (inUse.size() == 2 || (!inUse.isEmpty() && random.nextBoolean())) {
                cache.release(inUse.remove(random.nextInt(inUse.size())));
            } else {
                HeldFrame frame = filled(random.nextInt(20));
                byte[] content = frame.content();
                assertThat(content).hasSize(FrameCodec.CONTENT_BYTES_MAX);
                everything.add(content);
                inUse.add(frame);
                long contents = inUse.stream()
                        .map(HeldFrame::content)
                        .map(System::identityHashCode)
                        .distinct()
                        .count();
                assertThat(contents).isEqualTo(inUse.stream().distinct().count());
            }
        }
        assertThat(everything).hasSize(CAPACITY);
    }
}
