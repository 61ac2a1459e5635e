/**
 * Sorting more than fits in memory: {@link org.pgkeep.spool.SortedRecords} takes fixed-width records in any order from any
 * thread and gives them back in order, through sorted runs in a temporary file when there are many. This is what keeps a
 * backup of ten terabytes in the heap of one of ten gigabytes. Uses {@code error}.
 */
@NullMarked
package org.pgkeep.spool;

import org.jspecify.annotations.NullMarked;
