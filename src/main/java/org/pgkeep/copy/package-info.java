/**
 * Brings backups of one repository into another, as they are stored: nothing is read of the cluster, nothing compressed again. Front door:
 * {@link org.pgkeep.copy.Copy}; in which order is {@code docs/formats/copy.md}.
 *
 * <pre>
 * lease of the cluster there → per backup, oldest first: WAL that it needs → frames that it names → what people said of it → manifest → record
 * </pre>
 *
 * Uses {@code repository}, {@code postgres}, {@code storage.layer}, {@code progress}, {@code units}, {@code error}.
 */
@NullMarked
package org.pgkeep.copy;

import org.jspecify.annotations.NullMarked;
