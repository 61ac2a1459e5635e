/**
 * A store in a directory: each object is a file of its name. The front door is {@link org.pgkeep.storage.posix.PosixStorage}; what is
 * on disk, and what a crash leaves at each step, is in {@code docs/formats/posix-storage.md}.
 *
 * <pre>
 * commit:   write .name.random.tmp · stamp · fsync · make the folders above durable · link to name · unlink .tmp · fsync folder
 * replace:  write .tmp · stamp · fsync · { under the root's lock: still that version? rename } · fsync folder
 * delete:   { under the root's lock: unlink } · fsync folder · remove the folders that became empty
 * </pre>
 *
 * <p>Uses {@code storage}, {@code linux} and {@code error}.
 */
@NullMarked
package org.pgkeep.storage.posix;

import org.jspecify.annotations.NullMarked;
