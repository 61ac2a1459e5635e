package org.pgkeep.demo;

import java.time.Duration;
import java.util.List;
import org.pgkeep.units.Durations;

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
    private static final int TITLE_COLUMNS = 84;

    public DemoStep {
        commands = List.copyOf(commands);
        findings = List.copyOf(findings);
    }

    /** For people: title and time, then the commands, then the findings. */
    public String text() {
        StringBuilder text = new StringBuilder();
        String heading = "%2d. %s".formatted(number, title);
        text.append(heading).repeat(' ', Math.max(1, TITLE_COLUMNS - heading.length()));
        text.append(Durations.print(took)).append('\n');
        commands.forEach(command -> text.append("      $ ").append(command).append('\n'));
        findings.forEach(finding -> text.append("      ").append(finding).append('\n'));
        return text.toString();
    }
}
