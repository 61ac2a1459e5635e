package org.pgkeep.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private final AtomicLong nanos = new AtomicLong(17);
    private final Silence silence = new Silence(nanos::get);

    private Silence.Verdict after(long seconds) {
        nanos.addAndGet(seconds * 1_000_000_000);
        return silence.lasts();
    }

    @Test
    void whoDoesNotAnswerIsGone() {
        assertThat(after(29)).isEqualTo(Silence.Verdict.WAIT);
        assertThat(after(1)).isEqualTo(Silence.Verdict.ASK);
        assertThat(after(29)).isEqualTo(Silence.Verdict.WAIT);
        assertThat(after(1)).isEqualTo(Silence.Verdict.GONE);
    }

    @Test
    void whoAnswersIsThere() {
        for (int i = 0; i < 3; i++) {
            assertThat(after(30)).isEqualTo(Silence.Verdict.ASK);
            silence.broken();
            assertThat(after(29)).isEqualTo(Silence.Verdict.WAIT);
            silence.broken();
        }
    }

    /** The repository may have been slow for minutes. */
    @Test
    void nobodyIsGoneWhoWasNotAsked() {
        assertThat(after(600)).isEqualTo(Silence.Verdict.ASK);
    }
}
