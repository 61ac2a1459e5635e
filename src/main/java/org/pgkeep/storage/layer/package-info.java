/**
 * Wrappers around a store, one concern each: {@link org.pgkeep.storage.layer.MeteredStorage} counts what is done,
 * {@link org.pgkeep.storage.layer.ReadOnlyStorage} refuses changes, {@link org.pgkeep.storage.layer.SealedStorage} seals every object
 * ({@code docs/formats/sealing.md}). They keep the contract of what they wrap, and are stacked in one place, the wiring; but sealing is
 * the repository's, which holds the key. Uses {@code storage}, {@code codec}, {@code codec.seal} and {@code error}.
 */
@NullMarked
package org.pgkeep.storage.layer;

import org.jspecify.annotations.NullMarked;
