/**
 * The first minutes with pgkeep: {@link org.pgkeep.setup.Init} makes the repository, registers the cluster and says (or sets) what the
 * server needs to archive into it; {@link org.pgkeep.setup.Check} proves the whole way from the configuration to an archived
 * segment, and says for each step that it is right, or what to do; {@link org.pgkeep.setup.Upgrade} goes on after {@code pg_upgrade}. Uses {@code repository}, {@code postgres.server}.
 */
@NullMarked
package org.pgkeep.setup;

import org.jspecify.annotations.NullMarked;
