package org.pgkeep.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a prefetcher says of files in its {@link Spool}. Only who asked before the repository was looked at is told what came of it. */
record Answers(Spool spool) {
    /** Whatever the answer is, the request needs no other. */
    void answered(FetchQueue.Task task) {
        boolean same = spool.wanted(task.file()).map(Spool.Wanted::request).equals(task.request());
        if (same) {
            spool.answered(task.file());
        }
    }

    /** No repository has it. */
    void missing(FetchQueue.Task task, Optional<String> note) {
        say(task, "missing", note);
    }

    /** It could not be got: the launcher finds out for itself why. */
    void failed(FetchQueue.Task task) {
        say(task, "failed", Optional.empty());
    }

    private void say(FetchQueue.Task task, String word, Optional<String> note) {
        if (task.request().isPresent()) {
            List<String> lines = new ArrayList<>(List.of(task.request().get(), word));
            note.filter(text -> !text.isEmpty()).ifPresent(lines::add);
            spool.put(task.file() + Spool.ANSWER, lines);
            answered(task);
        }
    }
}
