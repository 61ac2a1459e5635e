/**
 * What a person or a log collector sees of a run: {@link org.pgkeep.terminal.Display} is the front door. It turns
 * {@link org.pgkeep.progress.Progress} into a bar with rate and remaining time on a terminal, into log lines anywhere else, and
 * keeps everything on stderr (and in a log file), because stdout belongs to results. Uses {@code error}, {@code progress} and
 * {@code units}.
 */
@NullMarked
package org.pgkeep.terminal;

import org.jspecify.annotations.NullMarked;
