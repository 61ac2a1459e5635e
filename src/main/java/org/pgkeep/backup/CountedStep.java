package org.pgkeep.backup;

import java.util.function.LongConsumer;
import org.pgkeep.progress.Progress;

/** A step whose progress another one hears of as well. */
record CountedStep(Progress.Step inner, LongConsumer listener) implements Progress.Step {
    @Override
    public void advance(long bytes) {
        listener.accept(bytes);
        inner.advance(bytes);
    }

    @Override
    public void note(String detail) {
        inner.note(detail);
    }

    @Override
    public void close() {
        inner.close();
    }
}
