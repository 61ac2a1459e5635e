package org.pgkeep.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import org.pgkeep.report.FileLine;
import org.pgkeep.report.FileList;
import org.pgkeep.repository.Label;
import org.pgkeep.units.ByteCount;

/** The files of a backup for people, as {@code ls -l} lists them; a stream, so that columns are as wide as is usual. */
final class FileListText {
    private final PrintStream out;
    private final FileList files;
    private long count;
    private long bytes;
    private long directories;
    private long links;
    private long damaged;

    FileListText(PrintStream out, FileList files) {
        this.out = out;
        this.files = files;
    }

    void print() {
        line("MODE", "OWNER", "SIZE", "MODIFIED", "KIND", "TABLESPACE", "DATABASE", "OWN", "OTHER", "ZERO", "PATH");
        for (Optional<FileLine> line = files.next(); line.isPresent(); line = files.next()) {
            add(line.get());
            print(line.get());
        }
        out.println();
        out.println(BackupText.count(count, "file") + ", " + ByteCount.print(bytes) + "; "
                + BackupText.number(directories) + (directories == 1 ? " directory, " : " directories, ")
                + BackupText.count(links, "link")
                + (damaged == 0 ? "" : "; " + BackupText.count(damaged, "file") + " with damaged pages"));
    }

    private void add(FileLine line) {
        switch (line.kind()) {
            case "directory" -> directories++;
            case "link" -> links++;
            default -> count++;
        }
        bytes += line.sizeBytes();
        damaged += line.damagedPages().isEmpty() ? 0 : 1;
    }

    private void print(FileLine line) {
        Label own = files.header().label();
        boolean isFile = !line.kind().equals("directory") && !line.kind().equals("link");
        line(
                type(line.kind()) + permissions(line.attributes().mode()),
                line.attributes().owner() + ":" + line.attributes().group(),
                isFile ? Long.toString(line.sizeBytes()) : "-",
                BackupText.time(line.attributes().modified()),
                line.kind(),
                line.relation().map(FileLine.Owner::tablespace).orElse("-"),
                line.relation().map(FileLine.Owner::database).orElse("-"),
                isFile ? Long.toString(line.blocksOf(own)) : "-",
                isFile ? Long.toString(line.blocks() - line.blocksOf(own)) : "-",
                isFile ? Long.toString(line.zeroBlocks()) : "-",
                line.path()
                        + line.link().map(target -> " -> " + target).orElse("")
                        + (line.damagedPages().isEmpty() ? "" : "  DAMAGED pages " + line.damagedPages()));
    }

    private void line(Object... cells) {
        out.printf(Locale.ROOT, "%-10s  %-17s  %12s  %-25s  %-9s  %-10s  %-12s  %6s  %6s  %6s  %s%n", cells);
    }

    private static String type(String kind) {
        return switch (kind) {
            case "directory" -> "d";
            case "link" -> "l";
            default -> "-";
        };
    }

    private static String permissions(int mode) {
        StringBuilder text = new StringBuilder("rwxrwxrwx");
        for (int bit = 0; bit < 9; bit++) {
            if ((mode >> (8 - bit) & 1) == 0) {
                text.setCharAt(bit, '-');
            }
        }
        return text.toString();
    }
}
