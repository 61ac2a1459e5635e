/**
 * Byte counts, rates and durations: parsed from what people write, printed as people read them. Uses {@code error}.
 */
@NullMarked
package org.pgkeep.units;

import org.jspecify.annotations.NullMarked;
