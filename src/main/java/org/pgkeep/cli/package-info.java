/**
 * The commands, one file each, without logic of their own: {@link org.pgkeep.cli.Cli} is the front door. It reads the command
 * line, finds the settings in force, has the feature built, runs it and prints its result; results go to stdout, everything
 * else to stderr.
 *
 * <p>PostgreSQL starts {@code archive-push} and {@code archive-get} once per segment, so these (and {@code version}) never touch
 * picocli: the table of options reads their command line. All other commands are parsed by picocli, from a model that is
 * built out of the same table for the one command that runs. Uses every feature, {@code config} and {@code terminal}.
 */
@NullMarked
package org.pgkeep.cli;

import org.jspecify.annotations.NullMarked;
