/**
 * What the person asked for: the table of options ({@link org.pgkeep.config.Options}), and the values in force
 * ({@link org.pgkeep.config.Settings}, the front door), each with where it came from. A value is looked for on the command
 * line, then in the environment, then in the configuration files, and last in the table:
 *
 * <pre>
 * command line &gt; PGKEEP_… &gt; [cluster.X.command.C] &gt; [cluster.X] &gt; [command.C] &gt; [repository.R] &gt; top level &gt; default
 * </pre>
 *
 * Parser, help, reference page and validation all read the same rows. A value is checked against its option's type
 * wherever it came from, and an error says where that was. Uses {@code error} and {@code units}; nothing here touches a
 * cluster or a repository.
 */
@NullMarked
package org.pgkeep.config;

import org.jspecify.annotations.NullMarked;
