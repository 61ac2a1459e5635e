/**
 * The contract of a store: whole, named objects that appear at once or not at all. The front door is
 * {@link org.pgkeep.storage.Storage}; differences between stores are data ({@link org.pgkeep.storage.StorageTraits}), never an
 * {@code instanceof}. Drivers and wrappers live in the rooms below this one. Uses {@code error}.
 */
@NullMarked
package org.pgkeep.storage;

import org.jspecify.annotations.NullMarked;
