package org.pgkeep.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Label;
import org.pgkeep.units.ByteCount;
import org.pgkeep.units.Durations;

/** How a backup is told to people. */
final class BackupText {
    private static final int WARNINGS_MAX = 20;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT);

    private BackupText() {}

    /** A time in this machine's zone, with its offset, as {@code --target-time} reads it. */
    static String time(Instant instant) {
        return TIME.format(instant.atZone(ZoneId.systemDefault()));
    }

    static String count(long number, String noun) {
        return number(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** A number with commas between thousands. */
    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** The facts of a backup. */
    static void addTo(Sheet sheet, BackupRecord backup) {
        Duration took = Duration.between(backup.started(), backup.stopped());
        sheet.fact("time", time(backup.started()) + " to " + time(backup.stopped()) + ", " + Durations.print(took));
        sheet.fact(
                "cluster",
                "PostgreSQL " + backup.majorVersion() + ", " + (backup.checksums() ? "" : "no ") + "page checksums"
                        + (backup.online() ? "" : ", stopped") + (backup.fromStandby() ? ", standby" : ""));
        backup.base()
                .ifPresent(base -> sheet.fact(
                        "base",
                        base
                                + backup.comparison()
                                        .map(how -> "; " + blocks(how.readBlocks()) + " read, "
                                                + blocks(how.storedBlocks()) + " stored, changes by " + how.way())
                                        .orElse("")));
        backup.merged()
                .ifPresent(how -> sheet.fact(
                        "merged",
                        time(how.at()) + ", a full backup since then; instead of "
                                + count(how.backups().size(), "backup")));
        backup.resumption()
                .ifPresent(what -> sheet.fact(
                        "resumed",
                        blocks(what.foundBlocks()) + " not stored again, of "
                                + String.join(
                                        " and ",
                                        what.attempts().stream()
                                                .map(Label::value)
                                                .toList())));
        BackupRecord.Sizes sizes = backup.sizes();
        sheet.fact("size", new ByteCount(sizes.clusterBytes()) + " in " + count(sizes.files(), "file"));
        sheet.fact(
                "stored",
                new ByteCount(sizes.storedBytes()) + " in " + count(sizes.packs(), "pack") + ", "
                        + backup.compression());
        if (backup.online()) {
            sheet.fact(
                    "WAL",
                    backup.startLsn() + " to " + backup.stopLsn() + ", timeline " + timeline(backup) + ", "
                            + backup.firstSegment().orElseThrow() + " to "
                            + backup.lastSegment().orElseThrow()
                            + (backup.needsArchive() ? "" : ", in the backup itself"));
        }
        sheet.facts("warnings", warnings(backup));
    }

    private static String blocks(long count) {
        return new ByteCount(count * Blocks.BYTES).toString();
    }

    private static String timeline(BackupRecord backup) {
        String start = Integer.toUnsignedString(backup.startTimeline());
        return backup.startTimeline() == backup.stopTimeline()
                ? start
                : start + " to " + Integer.toUnsignedString(backup.stopTimeline());
    }

    private static List<String> warnings(BackupRecord backup) {
        List<String> lines = new ArrayList<>();
        List<BackupRecord.Warning> warnings = backup.warnings();
        warnings.stream().limit(WARNINGS_MAX).forEach(warning -> lines.add(warning.message()));
        if (warnings.size() > WARNINGS_MAX) {
            lines.add("and " + (warnings.size() - WARNINGS_MAX) + " more; --output json has all");
        }
        return lines;
    }
}
