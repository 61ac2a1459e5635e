package org.pgkeep.demo;

import java.time.Duration;
import java.util.List;

/**
 * A step of the demonstration that is done.
 *
 * @param number from 1
 * @param title what was done
 * @param commands the exact commands, as one would type them
 * @param findings what came of it, a line each
 * @param took how long
 */
public record DemoStep(int number, String title, List<String> commands, List<String> findings, Duration took) {
    public DemoStep {
        commands = List.copyOf(commands);
        findings = List.copyOf(findings);
    }
}
