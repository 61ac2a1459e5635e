package org.pgkeep.cli;

/** A command: what help says about it, and what it does. */
interface Command {
    /** What help says. */
    CommandPage page();

    /**
     * Does it and prints the result.
     *
     * @return the exit status
     * @throws org.pgkeep.error.PgkeepException whose code is the exit status
     */
    int run(Invocation invocation);
}
