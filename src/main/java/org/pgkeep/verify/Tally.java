package org.pgkeep.verify;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what was looked at; thread-safe. */
final class Tally {
    private final AtomicLong backups = new AtomicLong();
    private final AtomicLong packs = new AtomicLong();
    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong walFiles = new AtomicLong();
    private final AtomicLong storedBytes = new AtomicLong();
    private final AtomicLong recent = new AtomicLong();

    void backup() {
        backups.incrementAndGet();
    }

    void pack(long bytes, int frameCount) {
        packs.incrementAndGet();
        frames.addAndGet(frameCount);
        storedBytes.addAndGet(bytes);
    }

    void file() {
        files.incrementAndGet();
    }

    void walFile() {
        walFiles.incrementAndGet();
    }

    void recent() {
        recent.incrementAndGet();
    }

    Verify.Counts counts() {
        return new Verify.Counts(
                backups.get(), packs.get(), frames.get(), files.get(), walFiles.get(), storedBytes.get(), recent.get());
    }
}
