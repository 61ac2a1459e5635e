/**
 * What can go wrong, in one table: {@link org.pgkeep.error.ErrorCode} gives each error its exit status and kind,
 * {@link org.pgkeep.error.PgkeepException} carries one to the person who can act on it. Uses nothing.
 */
@NullMarked
package org.pgkeep.error;

import org.jspecify.annotations.NullMarked;
