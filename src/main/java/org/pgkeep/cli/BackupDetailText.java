package org.pgkeep.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.pgkeep.report.BackupContents;
import org.pgkeep.report.BackupDetail;
import org.pgkeep.report.BackupEntry;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.units.ByteCount;

/** One backup with all that is known of it, for people. */
final class BackupDetailText {
    private static final int LINES_MAX = 20;
    private static final int PAGES_MAX = 10;

    private BackupDetailText() {}

    static void print(PrintStream out, BackupDetail detail) {
        BackupEntry entry = detail.entry();
        Sheet sheet =
                new Sheet("backup " + entry.label() + " of cluster '" + detail.cluster() + "' in " + detail.location());
        sheet.fact("status", entry.status().word());
        sheet.facts("DAMAGE", shortened(entry.reasons()));
        sheet.fact(
                "restorable", RecoveryText.sentence(entry.goal(), entry.record().stopped()));
        marks(sheet, detail);
        BackupText.addTo(sheet, detail.record());
        sheet.fact(
                "shared",
                ByteCount.print(entry.shares().sharedBytes()) + " of other backups"
                        + references(detail.record().references()));
        sheet.fact("unique", ByteCount.print(entry.shares().uniqueBytes()) + " would be freed with it");
        detail.contents().ifPresent(contents -> contents(sheet, contents));
        detail.unreadable().ifPresent(why -> sheet.fact("MANIFEST", why));
        sheet.print(out);
    }

    private static List<String> shortened(List<String> lines) {
        if (lines.size() <= LINES_MAX) {
            return lines;
        }
        List<String> few = new ArrayList<>(lines.subList(0, LINES_MAX));
        few.add("and " + BackupText.number(lines.size() - LINES_MAX) + " more; --output=json has all");
        return few;
    }

    private static void marks(Sheet sheet, BackupDetail detail) {
        BackupMark mark = detail.entry().mark();
        mark.name().ifPresent(name -> sheet.fact("name", name.value()));
        mark.pin().ifPresent(pin -> sheet.fact("pin", BackupMarkText.pin(pin, detail.at())));
        mark.note().ifPresent(note -> sheet.fact("note", note));
        mark.annotations().forEach((key, value) -> sheet.fact("annotation", key + " = " + value));
        mark.validation()
                .ifPresent(validation -> sheet.fact(
                        "verified",
                        BackupText.time(validation.at()) + ", "
                                + validation.depth().word() + ": " + (validation.isDamaged() ? "DAMAGED" : "sound")));
    }

    private static String references(List<BackupRecord.Reference> references) {
        if (references.isEmpty()) {
            return "";
        }
        return ": packs of "
                + (references.size() <= PAGES_MAX
                        ? references.stream()
                                .map(reference -> reference.label().toString())
                                .collect(Collectors.joining(", "))
                        : BackupText.count(references.size(), "backup"));
    }

    private static void contents(Sheet sheet, BackupContents contents) {
        sheet.facts(
                "databases",
                shortened(contents.databases().stream()
                        .map(database -> database.name().orElse("(dropped or unknown)") + ", oid " + database.oid()
                                + ": " + amount(database.relations()))
                        .toList()));
        sheet.facts(
                "tablespaces",
                shortened(contents.tablespaces().stream()
                        .map(space -> space.name() + ", oid " + space.oid()
                                + space.location().map(at -> ", " + at).orElse("") + ": " + amount(space.relations()))
                        .toList()));
        sheet.fact(
                "other files",
                amount(contents.other()) + ", " + BackupText.number(contents.directories()) + " directories, "
                        + BackupText.count(contents.links(), "link"));
        List<String> damaged = shortened(
                contents.damaged().stream().map(BackupDetailText::damaged).toList());
        sheet.facts("bad pages", damaged);
        sheet.facts(
                "options",
                contents.options().entrySet().stream()
                        .map(option -> option.getKey() + " = " + option.getValue())
                        .toList());
    }

    private static String amount(BackupContents.Amount amount) {
        return BackupText.count(amount.files(), "file") + ", " + ByteCount.print(amount.bytes());
    }

    private static String damaged(BackupContents.DamagedFile file) {
        String pages =
                file.pages().stream().limit(PAGES_MAX).map(String::valueOf).collect(Collectors.joining(", "));
        int more = file.pages().size() - PAGES_MAX;
        return file.path() + ": page " + pages + (more > 0 ? " and " + more + " more" : "");
    }
}
