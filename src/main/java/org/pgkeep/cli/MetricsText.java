package org.pgkeep.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Gauges in the text format of Prometheus, version 0.0.4 (<a
 * href="https://prometheus.io/docs/instrumenting/exposition_formats/">exposition formats</a>): all samples of a name stand together, below one
 * line of help.
 */
final class MetricsText {
    private static final String PREFIX = "pgkeep_";

    private final Map<String, String> helps = new LinkedHashMap<>();
    private final Map<String, List<String>> samples = new LinkedHashMap<>();

    /** A metric; printed if it gets a sample. */
    void gauge(String name, String help) {
        helps.put(name, help);
        samples.put(name, new ArrayList<>());
    }

    /**
     * A sample of a metric.
     *
     * @param labels name, value, name, value, …
     */
    void add(String name, long value, String... labels) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < labels.length; i += 2) {
            pairs.add(labels[i] + "=\"" + escaped(labels[i + 1]) + "\"");
        }
        Objects.requireNonNull(samples.get(name), name)
                .add(PREFIX + name + "{" + String.join(",", pairs) + "} " + value);
    }

    /** The same of a moment, in seconds since 1970. */
    void add(String name, Instant moment, String... labels) {
        add(name, moment.getEpochSecond(), labels);
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        samples.forEach((name, lines) -> {
            if (!lines.isEmpty()) {
                text.append("# HELP ").append(PREFIX).append(name).append(' ').append(helps.get(name));
                text.append("\n# TYPE ").append(PREFIX).append(name).append(" gauge\n");
                lines.forEach(line -> text.append(line).append('\n'));
            }
        });
        return text.toString();
    }
}
