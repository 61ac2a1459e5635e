package org.pgkeep.cli;

import java.io.PrintStream;
import java.util.Optional;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.server.ArchiveQueue;
import org.pgkeep.postgres.server.ArchiverStatus;
import org.pgkeep.postgres.server.StreamingFacts;
import org.pgkeep.receive.StoredTimeline;
import org.pgkeep.receive.WalStatus;
import org.pgkeep.units.ByteCount;
import org.pgkeep.units.Durations;

/** How far WAL is, for people. */
final class WalStatusText {
    private WalStatusText() {}

    static void print(PrintStream out, WalStatus.Report report, Optional<String> slot) {
        Sheet sheet = new Sheet("cluster '" + report.cluster() + "'");
        report.unreachable().ifPresent(error -> sheet.fact("SERVER", String.valueOf(error.getMessage())));
        report.server().ifPresent(server -> {
            sheet.fact(
                    "server",
                    server.settings() + ", " + (server.facts().inRecovery() ? "standby" : "primary") + " on timeline "
                            + Integer.toUnsignedString(server.facts().timeline()) + ", WAL up to "
                            + server.streaming().end());
            sheet.fact("archiving", archiving(server.facts().archiveMode(), server.archiver(), server.queue()));
            slot.ifPresent(
                    name -> sheet.fact("slot", slot(name, server.streaming().slot())));
            sheet.fact(
                    "receiver",
                    server.streaming().receiver().map(WalStatusText::receiver).orElse("not connected"));
        });
        for (StoredTimeline timeline : report.timelines()) {
            sheet.fact("repository", timeline(timeline));
        }
        if (report.timelines().isEmpty()) {
            sheet.fact("repository", "no WAL");
        }
        report.lag()
                .ifPresent(lag -> sheet.fact(
                        "lag",
                        ByteCount.print(lag.bytes())
                                + (lag.bytes() == 0 ? "" : ", nothing came for " + Durations.print(lag.age()))));
        sheet.print(out);
    }

    private static String archiving(String mode, ArchiverStatus archiver, Optional<ArchiveQueue> queue) {
        if (mode.equals("off")) {
            return "off";
        }
        String last = archiver.lastArchived().map(file -> "last " + file).orElse("nothing archived yet");
        return last
                + queue.map(WalStatusText::queue).orElse("")
                + (archiver.isFailing()
                        ? "; FAILING for " + archiver.lastFailed().orElse("?")
                        : "");
    }

    private static String queue(ArchiveQueue queue) {
        return queue.files() == 0
                ? ", nothing waits"
                : ", " + (queue.files() == 1 ? "1 file waits" : queue.files() + " files wait")
                        + queue.since()
                                .map(since -> " since " + BackupText.time(since))
                                .orElse("");
    }

    private static String slot(String name, Optional<StreamingFacts.Slot> slot) {
        return slot.map(found -> name + ": " + (found.active() ? "in use" : "NOT IN USE")
                        + found.restart().map(lsn -> ", keeps WAL from " + lsn).orElse(", keeps no WAL")
                        + found.walStatus().map(status -> " (" + status + ")").orElse("")
                        + found.safeBytes()
                                .map(bytes -> ", " + ByteCount.print(Math.max(0, bytes)) + " until it may lose some")
                                .orElse(""))
                .orElse(name + ": NOT THERE");
    }

    private static String receiver(StreamingFacts.Receiver receiver) {
        return receiver.name() + ": " + receiver.state().orElse("connected")
                + receiver.sync().map(sync -> ", " + sync).orElse("")
                + lsn(", received up to ", receiver.written())
                + lsn(", durable up to ", receiver.flushed())
                + receiver.flushLag()
                        .map(lag -> ", " + lag.toMillis() + " ms behind")
                        .orElse("");
    }

    private static String lsn(String words, Optional<Lsn> lsn) {
        return lsn.map(value -> words + value).orElse("");
    }

    private static String timeline(StoredTimeline timeline) {
        return "timeline " + Integer.toUnsignedString(timeline.timeline()) + ": "
                + timeline.lastSegment()
                        .map(segment -> "complete up to " + segment)
                        .orElse("no complete segment")
                + (timeline.streamed() ? ", streamed up to " + timeline.end() : "")
                + timeline.lastStored().map(at -> ", " + BackupText.time(at)).orElse("")
                + (timeline.gaps() == 0 ? "" : "; " + BackupText.count(timeline.gaps(), "GAP") + ": pgkeep info --wal");
    }
}
