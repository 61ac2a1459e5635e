/**
 * Talking to a running server. The front door is {@link org.pgkeep.postgres.server.ServerSession}: one SQL session over a Unix
 * socket or TCP, opened from {@link org.pgkeep.postgres.server.ConnectionSettings}, which are resolved as libpq does (given,
 * service file, {@code PG*} variables, {@code postmaster.pid}, defaults; passwords from {@code .pgpass}).
 *
 * <pre>
 * settings = ConnectionSettings.resolve(request, ClientEnvironment.ofThisProcess(), progress)
 * with session = ServerSession.open(settings, "backup", progress):
 *     facts = session.facts()
 *     start = session.startBackup(label, fast)          -- non-exclusive: ends with the session
 *     with watch = session.watch(interval, whenLost):   -- session alive? still standby? same timeline?
 *         copy files
 *     stop = session.stopBackup()
 * </pre>
 *
 * WAL itself comes through {@link org.pgkeep.postgres.server.ReplicationSession}, a connection to a WAL sender:
 *
 * <pre>
 * with session = ReplicationSession.open(settings, "pgkeep", progress):
 *     session.createSlot("pgkeep", temporary)
 *     stream = session.stream(slot, segmentStart, timeline)
 *     loop:
 *         switch stream.next(atMost):               -- zero: only what is there already
 *             Data(start, serverEnd, bytes)         -> take them, make them durable
 *             Keepalive(serverEnd, replyRequested)  -> confirm when a reply is requested
 *             Quiet                                 -> confirm every ten seconds
 *             Removed(reason)                       -> a gap
 *         stream.confirm(written, flushed)
 *     stream.end()
 * </pre>
 *
 * Every statement knows the privilege it needs, so that a refusal names the {@code GRANT} to run; the whole list is in
 * {@code docs/guide/privileges.md}. Uses {@code postgres}, {@code progress}, {@code error}.
 */
@NullMarked
package org.pgkeep.postgres.server;

import org.jspecify.annotations.NullMarked;
