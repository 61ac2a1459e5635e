/**
 * What PostgreSQL writes, as values: versions, LSNs, segment names, {@code pg_control}, timelines, pages and their checksum,
 * relation file names, {@code backup_label}, {@code tablespace_map}, configuration files. Every fact names its source in
 * PostgreSQL. No I/O beyond parsing bytes. Uses {@code error}.
 */
@NullMarked
package org.pgkeep.postgres;

import org.jspecify.annotations.NullMarked;
