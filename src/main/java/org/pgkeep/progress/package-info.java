/**
 * What a run says while it runs: steps, bytes, warnings. Features speak to {@link org.pgkeep.progress.Progress}; how it
 * looks (progress bar, log lines, JSON) is decided by who called them. Uses {@code units}.
 */
@NullMarked
package org.pgkeep.progress;

import org.jspecify.annotations.NullMarked;
