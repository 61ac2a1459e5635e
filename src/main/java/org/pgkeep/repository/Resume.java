package org.pgkeep.repository;

import java.util.function.Consumer;

/**
 * What a new backup does with the packs of those that were cut off.
 *
 * @param wanted whether it refers to them; otherwise they are removed
 * @param compression of the new backup; packs that are compressed otherwise are removed, since what was asked for counts
 * @param told hears what becomes of them
 */
public record Resume(boolean wanted, String compression, Consumer<String> told) {
    /** Removes them. */
    public static final Resume NONE = new Resume(false, "", _ -> {});
}
