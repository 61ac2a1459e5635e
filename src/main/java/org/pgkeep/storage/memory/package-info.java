/**
 * A store in the heap, for tests and dry runs: the same promises as the real ones, nothing survives the process. The front door is
 * {@link org.pgkeep.storage.memory.MemoryStorage}. Uses {@code storage} and {@code error}.
 */
@NullMarked
package org.pgkeep.storage.memory;

import org.jspecify.annotations.NullMarked;
