package org.pgkeep.linux;

/** How a part of a file is going to be used ({@code posix_fadvise(2)}). */
public enum Advice {
    /** From front to back: read ahead twice as far. */
    SEQUENTIAL(2),
    /** Soon: read it into the page cache now, without waiting. */
    WILL_NEED(3),
    /** Not again: give its pages back; those not yet on disk stay. */
    DONT_NEED(4);

    /** The kernel's number, the same on every architecture that a JDK 25 runs on but s390 ({@code linux/fadvise.h}). */
    private final int number;

    Advice(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
