package org.pgkeep.postgres.server;

/**
 * A statement, with what to say when it fails.
 *
 * @param what what is being done, in lower case: {@code "start the backup"}
 * @param sql the statement
 * @param privilege what a role needs to run it, as {@code GRANT} wants it; empty when any role may
 */
record Query(String what, String sql, String privilege) {}
