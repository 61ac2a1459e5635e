package org.pgkeep.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgkeep.postgres.TimelineHistory;

class FetchQueueTest {
    private static final int SEGMENT = 16 << 20;

    private final FetchQueue queue = new FetchQueue(3L * SEGMENT);

    @Test
    void nothingIsGotAheadBeforeSomethingIsGiven() {
        assertThat(queue.next()).isEmpty();
        queue.wanted(name(1, 5), "77");
        assertThat(queue.next()).contains(new FetchQueue.Task(name(1, 5), Optional.of("77")));
        assertThat(queue.next()).isEmpty();
    }

    @Test
    void whatFollowsTheSegmentGivenLastIsGotAheadAsFarAsThereIsRoom() {
        give(1, 5);
        assertThat(ahead()).containsExactly(name(1, 6), name(1, 7), name(1, 8));
        fetch(1, 6, 7, 8);
        assertThat(queue.next()).isEmpty();
        assertThat(queue.isIdle()).isTrue();

        assertThat(queue.taken(name(1, 6), SEGMENT)).isTrue();
        assertThat(ahead()).containsExactly(name(1, 9));
    }

    @Test
    void atLeastOneSegmentIsGotAheadAndTheNumbersGoOnAfter4GiB() {
        FetchQueue tiny = new FetchQueue(1);
        tiny.wanted("0000000100000000000000FF", "1");
        tiny.given(tiny.next().orElseThrow(), SEGMENT);
        assertThat(tiny.next()).contains(new FetchQueue.Task("000000010000000100000000", Optional.empty()));
        assertThat(tiny.next()).isEmpty();
    }

    @Test
    void whatIsWantedComesFirstButNotTwice() {
        give(1, 5);
        assertThat(queue.next().orElseThrow().file()).isEqualTo(name(1, 6));
        queue.wanted(name(1, 6), "78");
        queue.wanted("00000002.history", "79");
        assertThat(queue.next().orElseThrow().file()).isEqualTo("00000002.history");
        assertThat(queue.next().orElseThrow().file()).isEqualTo(name(1, 7));
        assertThat(queue.fetched(name(1, 6))).isTrue();
        assertThat(queue.isReady(name(1, 6))).isTrue();
        assertThat(ahead()).as("nobody waits for it any more").containsExactly(name(1, 8));
    }

    /** What was seen before the request is no answer to it. */
    @Test
    void whatWasNotThereAheadIsLookedForAgainWhenItIsWanted() {
        give(1, 5);
        FetchQueue.Task task = queue.next().orElseThrow();
        queue.wanted(task.file(), "78");
        queue.ended(task);
        assertThat(queue.next()).contains(new FetchQueue.Task(name(1, 6), Optional.of("78")));
        assertThat(queue.next()).as("no more ahead").isEmpty();
    }

    @Test
    void theLookOfAnEarlierRequestIsNoAnswerToALaterOne() {
        queue.wanted(name(1, 5), "77");
        FetchQueue.Task first = queue.next().orElseThrow();
        queue.wanted(name(1, 5), "78");
        assertThat(queue.next()).isEmpty();
        queue.ended(first);
        assertThat(queue.next()).contains(new FetchQueue.Task(name(1, 5), Optional.of("78")));
    }

    @Test
    void afterTheEndOfTheArchiveItGoesOnWhenSomethingIsGivenOrTaken() {
        give(1, 5);
        fetch(1, 6);
        queue.ended(queue.next().orElseThrow());
        assertThat(queue.next()).isEmpty();
        assertThat(queue.taken(name(1, 6), SEGMENT)).isTrue();
        assertThat(ahead()).containsExactly(name(1, 7), name(1, 8), name(1, 9));
    }

    @Test
    void aMissOnANewerTimelineLeavesWhatIsReadyOnTheOlderOne() {
        give(1, 5);
        fetch(1, 6, 7, 8);
        queue.wanted(name(2, 6), "78");
        queue.ended(queue.next().orElseThrow());
        assertThat(queue.superfluous()).isEmpty();
        assertThat(queue.ready()).containsExactlyInAnyOrder(name(1, 6), name(1, 7), name(1, 8));
    }

    @Test
    void whatIsNotAmongTheNextAnyMoreGoes() {
        give(1, 5);
        fetch(1, 6, 7);
        FetchQueue.Task late = queue.next().orElseThrow();
        give(2, 6);
        assertThat(queue.superfluous()).containsExactlyInAnyOrder(name(1, 6), name(1, 7));
        assertThat(queue.superfluous()).isEmpty();
        assertThat(queue.fetched(late.file())).isFalse();
    }

    /** The checkpoint's segment is read before that where replay begins. */
    @Test
    void aStepBackKeepsWhatIsStillAmongTheNext() {
        give(1, 7);
        fetch(1, 8, 9);
        give(1, 5);
        assertThat(queue.superfluous()).containsExactly(name(1, 9));
        assertThat(ahead()).containsExactly(name(1, 6), name(1, 7));
    }

    /** The switch of timelines is within segment 7, which PostgreSQL reads from the new one. */
    @Test
    void theHistoryThatPostgresqlGotSaysWhereTheTimelineChanges() {
        queue.follow(TimelineHistory.parse(3, "1\t0/7000100\tno reason\n2\t0/9000000\tno reason\n"));
        FetchQueue wide = new FetchQueue(10L * SEGMENT);
        wide.follow(TimelineHistory.parse(3, "1\t0/7000100\tno reason\n2\t0/9000000\tno reason\n"));
        wide.wanted(name(1, 5), "1");
        wide.given(wide.next().orElseThrow(), SEGMENT);
        List<String> all = new ArrayList<>();
        wide.next().ifPresent(task -> all.add(task.file()));
        for (int i = 0; i < 4; i++) {
            all.add(wide.next().orElseThrow().file());
        }
        assertThat(all).containsExactly(name(1, 6), name(2, 7), name(2, 8), name(3, 9), name(3, 10));
    }

    @Test
    void anotherTimelineThanThoseOfTheHistoryGoesOnAsItIs() {
        queue.follow(TimelineHistory.parse(3, "1\t0/7000100\tno reason\n"));
        give(2, 6);
        assertThat(ahead()).containsExactly(name(2, 7), name(2, 8), name(2, 9));
    }

    private static String name(int timeline, int number) {
        return "%08X00000000%08X".formatted(timeline, number);
    }

    private void give(int timeline, int number) {
        queue.wanted(name(timeline, number), "1");
        FetchQueue.Task task = queue.next().orElseThrow();
        assertThat(task.request()).isPresent();
        queue.given(task, SEGMENT);
    }

    private void fetch(int timeline, int... numbers) {
        for (int number : numbers) {
            if (queue.next().isPresent() || !queue.isReady(name(timeline, number))) {
                assertThat(queue.fetched(name(timeline, number))).isTrue();
            }
        }
    }

    private List<String> ahead() {
        List<String> files = new ArrayList<>();
        for (Optional<FetchQueue.Task> task = queue.next(); task.isPresent(); task = queue.next()) {
            assertThat(task.get().request()).isEmpty();
            files.add(task.get().file());
        }
        return files;
    }
}
