package org.pgkeep.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.RecoveryTarget;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.report.Recovery.Moment;
import org.pgkeep.repository.Label;
import org.pgkeep.restore.Way;
import org.pgkeep.verify.Verify;

/**
 * Whether a target can be reached, for people and for programs.
 *
 * @param way how a restore would get there; empty when it would be refused
 * @param refusal why it would be
 * @param found what was found on the way
 * @param instead another backup that leads there, too, where this one is damaged; nobody has looked at it now
 * @param nearest what can be reached, where the target cannot
 */
record TargetAnswer(
        RecoveryTarget target,
        Optional<Way> way,
        Optional<PgkeepException> refusal,
        Optional<Verify.Result> found,
        Optional<Label> instead,
        Nearest nearest) {

    /** Moments before and after the target. */
    record Nearest(Optional<Moment> before, Optional<Moment> after) {
        static final Nearest NONE = new Nearest(Optional.empty(), Optional.empty());
    }

    /** The answer itself. */
    boolean isReachable() {
        return way.isPresent()
                && !endsTooEarly()
                && found.map(result -> !result.isDamaged()).orElse(false);
    }

    private boolean endsTooEarly() {
        return way.map(Way::end).equals(Optional.of(Way.End.TOO_EARLY));
    }

    /** What is broken first, then what is missing. */
    int exitStatus() {
        if (found.map(Verify.Result::isDamaged).orElse(false)) {
            return ErrorCode.DAMAGED.exitStatus();
        }
        if (endsTooEarly()) {
            return ErrorCode.TARGET_UNREACHABLE.exitStatus();
        }
        return refusal.map(e -> e.code().exitStatus())
                .or(() -> found.map(VerifyText::status))
                .orElse(0);
    }

    /** What stands before the facts of verify. */
    void addTo(Sheet sheet) {
        refusal.ifPresent(e -> {
            sheet.fact("why", String.valueOf(e.getMessage()));
            e.hint().ifPresent(hint -> sheet.fact("HINT", hint));
        });
        way.ifPresent(reached -> addWay(sheet, reached));
        instead.ifPresent(label ->
                sheet.fact("instead", "backup " + label + " leads there, too; prove it with --backup " + label));
        nearest.before.ifPresent(moment -> sheet.fact("before it", moment(moment)));
        nearest.after.ifPresent(moment -> sheet.fact("after it", moment(moment)));
    }

    private void addWay(Sheet sheet, Way reached) {
        sheet.fact(
                "backup",
                reached.backup().label() + ", which ended at "
                        + BackupText.time(reached.backup().stopped()));
        sheet.fact("timeline", timelines(reached));
        List<SegmentName> wal = reached.wal();
        if (wal.isEmpty()) {
            sheet.fact("WAL", "none is needed");
        } else {
            sheet.fact(
                    "WAL",
                    wal.getFirst() + " to " + wal.getLast() + ", " + BackupText.count(wal.size(), "segment")
                            + reached.archived()
                                    .map(time -> ", the last archived " + BackupText.time(time))
                                    .orElse(""));
        }
        switch (reached.end()) {
            case REACHED -> {}
            case TOO_EARLY -> sheet.fact("why", tooEarly(reached));
            case UNKNOWN ->
                sheet.fact(
                        "certain",
                        "no: only recovery finds out whether this WAL holds " + text(target) + "; the next segment, "
                                + reached.next() + ", is not archived");
        }
    }

    private static String tooEarly(Way reached) {
        return "WAL segment " + reached.next() + " is not in the archive"
                + reached.archived()
                        .map(time -> ", and what was archived before it, at " + BackupText.time(time)
                                + ", holds no transaction that ended after the target")
                        .orElse("");
    }

    private static String timelines(Way reached) {
        StringBuilder text = new StringBuilder();
        reached.history()
                .ancestors()
                .forEach(ancestor -> text.append(Integer.toUnsignedString(ancestor.timeline()))
                        .append(" to ")
                        .append(ancestor.end())
                        .append(", "));
        return text.append(Integer.toUnsignedString(reached.history().timeline()))
                .toString();
    }

    private static String moment(Moment moment) {
        return moment.time().map(BackupText::time).orElse("a moment that cannot be told") + ", LSN " + moment.lsn()
                + " on timeline " + Integer.toUnsignedString(moment.timeline());
    }

    /** The target in words. */
    static String text(RecoveryTarget target) {
        return switch (target) {
            case RecoveryTarget.Latest _ -> "the end of the archive";
            case RecoveryTarget.Immediate _ -> "the end of a backup";
            case RecoveryTarget.Time(Instant time) -> BackupText.time(time);
            case RecoveryTarget.AtLsn(var lsn) -> "LSN " + lsn;
            case RecoveryTarget.Xid(long xid) -> "transaction " + Long.toUnsignedString(xid);
            case RecoveryTarget.Name(String name) -> "restore point '" + name + "'";
        };
    }

    /** Fields of an object that is open. */
    void write(JsonGenerator json) throws IOException {
        json.writeStringField("target", text(target));
        json.writeBooleanField("reachable", isReachable());
        json.writeBooleanField(
                "certain", way.map(reached -> reached.end() != Way.End.UNKNOWN).orElse(true));
        if (refusal.isPresent()) {
            json.writeStringField("code", refusal.get().code().name());
            json.writeStringField("reason", String.valueOf(refusal.get().getMessage()));
        }
        if (way.isPresent()) {
            write(json, way.get());
        }
        if (instead.isPresent()) {
            json.writeStringField("instead", instead.get().toString());
        }
        write(json, "nearestBefore", nearest.before);
        write(json, "nearestAfter", nearest.after);
    }

    private static void write(JsonGenerator json, Way way) throws IOException {
        json.writeStringField("backup", way.backup().label().toString());
        json.writeNumberField("timeline", Integer.toUnsignedLong(way.history().timeline()));
        json.writeNumberField("segments", way.wal().size());
        if (!way.wal().isEmpty()) {
            json.writeStringField("firstSegment", way.wal().getFirst().toString());
            json.writeStringField("lastSegment", way.wal().getLast().toString());
        }
        json.writeStringField("nextSegment", way.next().toString());
        RecoveryJson.writeTime(json, "archived", way.archived());
    }

    private static void write(JsonGenerator json, String field, Optional<Moment> moment) throws IOException {
        if (moment.isPresent()) {
            json.writeObjectFieldStart(field);
            json.writeNumberField(
                    "timeline", Integer.toUnsignedLong(moment.get().timeline()));
            RecoveryJson.writeTime(json, "time", moment.get().time());
            json.writeStringField("lsn", moment.get().lsn().toString());
            json.writeEndObject();
        }
    }
}
