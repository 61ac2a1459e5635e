package org.pgkeep.progress;

/** For callers that do not listen. */
final class SilentProgress implements Progress {
    @Override
    public Step step(String title, long totalBytes) {
        return new SilentStep();
    }

    @Override
    public void info(String message) {}

    @Override
    public void warn(String message) {}

    @Override
    public void debug(String message) {}

    private static final class SilentStep implements Step {
        @Override
        public void advance(long bytes) {}

        @Override
        public void note(String detail) {}

        @Override
        public void close() {}
    }
}
