/**
 * Throws away what nobody needs any more, and says why each thing stays or goes. Front door: {@link org.pgkeep.expire.Expire}; what
 * the policies mean is {@code docs/guide/retention.md}.
 *
 * <pre>
 * catalogue (records, marks, names of WAL), policy, now  →  {@link org.pgkeep.expire.Planner}  →  {@link org.pgkeep.expire.Plan}
 * under the lease: backup.json of all that go, newest first → manifests and packs → marks → WAL
 * </pre>
 *
 * <p>The planner is a pure function. What is left of an interrupted run is a catalogue of which the planner says the same as of the
 * whole: to run again is to go on. Uses {@code repository}, {@code postgres}, {@code units}.
 */
@NullMarked
package org.pgkeep.expire;

import org.jspecify.annotations.NullMarked;
