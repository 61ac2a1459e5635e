package org.pgkeep.progress;

import java.util.List;

/** Keeps what is warned of, from any thread, and lets everything else go. */
public record Warnings(List<String> heard) implements Progress {
    @Override
    public Step step(String title, long totalBytes) {
        return SILENT.step(title, totalBytes);
    }

    @Override
    public void info(String message) {}

    @Override
    public void warn(String message) {
        heard.add(message);
    }

    @Override
    public void debug(String message) {}
}
