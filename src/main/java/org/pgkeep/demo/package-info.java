/**
 * {@code pgkeep demo}: a throw-away PostgreSQL server that is backed up, damaged and brought back, by pgkeep's own commands as
 * a user would type them. {@link org.pgkeep.demo.ThrowawayServer} and what it stands on
 * ({@link org.pgkeep.demo.PostgresBinaries}, {@link org.pgkeep.demo.RunAs}) are public because the integration tests run on
 * them as well. Uses {@code postgres}, {@code postgres.server}, {@code progress}, {@code units}, {@code error}; no feature.
 */
@NullMarked
package org.pgkeep.demo;

import org.jspecify.annotations.NullMarked;
