package org.pgkeep.expire;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.pgkeep.repository.Label;

/**
 * What a cluster has in a repository, as retention sees it.
 *
 * @param backups oldest first
 * @param unreadable backups whose record cannot be read, and why
 * @param archives one for each database cluster of the name's history, the current one last
 */
public record Catalogue(List<Candidate> backups, SortedMap<Label, String> unreadable, List<Archive> archives) {
    public Catalogue {
        backups = List.copyOf(backups);
        unreadable = Collections.unmodifiableSortedMap(new TreeMap<>(unreadable));
        archives = List.copyOf(archives);
    }

    /** Whether a backup can be restored: nothing of it is known to be damaged, and the WAL is there that it needs. */
    boolean isGood(Candidate backup) {
        return !backup.damaged() && isComplete(backup.stretch());
    }

    private boolean isComplete(Candidate.Stretch stretch) {
        if (!stretch.needed()) {
            return true;
        }
        long first = stretch.firstSegment();
        long last = stretch.lastSegment();
        if (stretch.startTimeline() == stretch.stopTimeline()) {
            return has(stretch, stretch.startTimeline(), first, last);
        }
        // A standby's backup, which followed its primary to another timeline: each segment is of either.
        return LongStream.rangeClosed(first, last)
                .allMatch(number -> has(stretch, stretch.startTimeline(), number, number)
                        || has(stretch, stretch.stopTimeline(), number, number));
    }

    private boolean has(Candidate.Stretch stretch, int timeline, long first, long last) {
        return archives.stream()
                .filter(archive -> archive.historyId() == stretch.historyId())
                .flatMap(archive -> archive.timelines().stream())
                .anyMatch(each -> each.timeline() == timeline && each.segments().covers(first, last));
    }
}
