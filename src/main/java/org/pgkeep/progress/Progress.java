package org.pgkeep.progress;

/**
 * What a run says while it runs. Thread-safe: workers report into the same instance.
 *
 * <p>Messages are plain sentences without a final full stop that name the file, LSN or label they are about.
 */
public interface Progress {
    /** Says nothing. */
    Progress SILENT = new SilentProgress();

    /**
     * Begins a step whose length is known in bytes, or 0 when it has no measure. Ends when the result is closed.
     *
     * @param title what happens, as a noun phrase: {@code "copy"}, {@code "wait for WAL"}
     */
    Step step(String title, long totalBytes);

    /** A fact worth a line. */
    void info(String message);

    /** Something the person must know although the run goes on. */
    void warn(String message);

    /** A fact for who searches a problem. */
    void debug(String message);

    /** A step in progress. */
    interface Step extends AutoCloseable {
        /** This many more bytes are done. */
        void advance(long bytes);

        /** Says what is being done now, such as the segment waited for. */
        void note(String detail);

        @Override
        void close();
    }
}
