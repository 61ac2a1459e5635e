/**
 * Wrappers around a store, one concern each: {@link org.pgkeep.storage.layer.MeteredStorage} counts what is done,
 * {@link org.pgkeep.storage.layer.ReadOnlyStorage} refuses changes. They keep the contract of what they wrap, and are stacked in one
 * place, the wiring. Uses {@code storage} and {@code error}.
 */
@NullMarked
package org.pgkeep.storage.layer;

import org.jspecify.annotations.NullMarked;
