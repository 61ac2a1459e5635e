package org.pgkeep.demo;

import java.time.Duration;

/** Who watches a demonstration. Each step begins, says commands and findings in the order in which they happen, and ends. */
public interface Audience {
    /** A step begins. */
    void begins(int number, String title);

    /** A command is about to be run, written as one would type it. */
    void command(String line);

    /** A line of what came of it. */
    void finding(String line);

    /** The step is done. */
    void ends(Duration took);
}
