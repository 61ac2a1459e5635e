package org.pgkeep.terminal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** How far a step is and how fast it goes. Thread-safe. */
final class StepState {
    /** The rate is the mean of about this long, so that remaining time neither jumps nor lags. */
    private static final double RATE_WINDOW_SECONDS = 10;

    private static final double NANOS = 1e9;

    private final String title;
    private final long totalBytes;
    private final LongSupplier nanoTime;
    private final long startNanos;
    private final AtomicLong doneBytes = new AtomicLong();
    private volatile String detail = "";
    private long sampledNanos;
    private long sampledBytes;
    private double bytesPerSecond;

    StepState(String title, long totalBytes, LongSupplier nanoTime) {
        this.title = title;
        this.totalBytes = totalBytes;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
        this.sampledNanos = startNanos;
    }

    String title() {
        return title;
    }

    long totalBytes() {
        return totalBytes;
    }

    long doneBytes() {
        return doneBytes.get();
    }

    String detail() {
        return detail;
    }

    void advance(long bytes) {
        doneBytes.addAndGet(bytes);
    }

    void note(String what) {
        detail = what;
    }

    double seconds() {
        return (nanoTime.getAsLong() - startNanos) / NANOS;
    }

    /** Whole percent done, 0 to 100; a step may turn out longer than planned, but never more than all. */
    int percent() {
        return totalBytes <= 0 ? 0 : (int) Math.min(100, doneBytes.get() * 100.0 / totalBytes);
    }

    /** Bytes per second over the whole step. */
    long meanRate() {
        double seconds = seconds();
        return seconds <= 0 ? 0 : (long) (doneBytes.get() / seconds);
    }

    /** Bytes per second lately; samples at each call. */
    synchronized long recentRate() {
        long now = nanoTime.getAsLong();
        double seconds = (now - sampledNanos) / NANOS;
        if (seconds >= 0.05) {
            long done = doneBytes.get();
            double rate = (done - sampledBytes) / seconds;
            double weight = bytesPerSecond == 0 ? 1 : 1 - Math.exp(-seconds / RATE_WINDOW_SECONDS);
            bytesPerSecond += (rate - bytesPerSecond) * weight;
            sampledNanos = now;
            sampledBytes = done;
        }
        return (long) bytesPerSecond;
    }

    /** Seconds still to go at the recent rate; -1 when unknown. */
    long secondsLeft(long rate) {
        long left = Math.max(0, totalBytes - doneBytes.get());
        return totalBytes <= 0 || rate <= 0 ? -1 : (left + rate - 1) / rate;
    }
}
