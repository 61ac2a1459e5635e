package org.pgkeep.repository;

/**
 * What a removal gives back.
 *
 * @param objects how many went
 * @param bytes what they took in the store
 */
public record Freed(long objects, long bytes) {
    /** Nothing. */
    public static final Freed NONE = new Freed(0, 0);

    /** Both together. */
    public Freed plus(Freed other) {
        return new Freed(objects + other.objects, bytes + other.bytes);
    }
}
