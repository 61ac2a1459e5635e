/**
 * pgkeep backs up PostgreSQL clusters and brings them back. This package holds only the entry and the one place that knows
 * every room; what pgkeep does lives in the rooms below, each with a sign. The picture is in {@code docs/architecture.md}.
 */
@NullMarked
package org.pgkeep;

import org.jspecify.annotations.NullMarked;
