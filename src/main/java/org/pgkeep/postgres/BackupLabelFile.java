package org.pgkeep.postgres;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The content of {@code backup_label}: where recovery of a backup begins ({@code build_backup_content},
 * {@code access/transam/xlogbackup.c}). The server reads it by fixed formats in fixed order, and the text that the server
 * gave is what is kept and restored: {@link #print} gives it back unchanged.
 *
 * @param start redo position from which WAL is needed
 * @param startSegment segment of {@code start}
 * @param checkpoint position of the checkpoint record
 * @param method {@code streamed}, or {@code pg_start_backup} of an exclusive backup
 * @param from {@code primary} ({@code master} before 14) or {@code standby}
 * @param startTime in the server's log time zone
 * @param label as given to the backup's start
 * @param startTimeline stated since 11
 * @param print the text itself
 */
public record BackupLabelFile(
        Lsn start,
        SegmentName startSegment,
        Lsn checkpoint,
        String method,
        String from,
        String startTime,
        String label,
        OptionalInt startTimeline,
        String print) {
    /** Relative to the data directory. */
    public static final String PATH = "backup_label";

    private static final Pattern START =
            Pattern.compile("START WAL LOCATION: ([0-9A-F]+/[0-9A-F]+) \\(file ([0-9A-F]{24})\\)");

    /**
     * Reads what the server returned at the end of a backup, or the file of that name, or a backup history file.
     *
     * @throws PgkeepException {@code CLUSTER_DAMAGED} when it is none of them
     */
    public static BackupLabelFile parse(String text) {
        Matcher start = START.matcher(text);
        if (!start.lookingAt()) {
            throw damaged("it does not begin with the start WAL location");
        }
        return new BackupLabelFile(
                Lsn.parse(start.group(1)),
                SegmentName.parse(start.group(2)).orElseThrow(),
                Lsn.parse(required(text, "CHECKPOINT LOCATION")),
                required(text, "BACKUP METHOD"),
                required(text, "BACKUP FROM"),
                required(text, "START TIME"),
                required(text, "LABEL"),
                timeline(text),
                text);
    }

    private static OptionalInt timeline(String text) {
        Optional<String> line = line(text, "START TIMELINE");
        try {
            return line.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseUnsignedInt(line.get()));
        } catch (NumberFormatException e) {
            throw damaged("its start timeline is '" + line.get() + "'").causedBy(e);
        }
    }

    private static String required(String text, String name) {
        return line(text, name).orElseThrow(() -> damaged("it has no line " + name));
    }

    private static Optional<String> line(String text, String name) {
        String prefix = name + ": ";
        return text.lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst();
    }

    private static PgkeepException damaged(String why) {
        return new PgkeepException(ErrorCode.CLUSTER_DAMAGED, PATH + " is damaged: " + why);
    }

    /** The timeline on which the backup began. */
    public int timeline() {
        return startSegment.timeline();
    }

    /** Whether the backup was taken from a standby. */
    public boolean isFromStandby() {
        return from.equals("standby");
    }
}
