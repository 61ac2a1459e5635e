package org.pgkeep.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pgkeep.postgres.FileKind;
import org.pgkeep.postgres.PageCheck;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Blocks;
import org.pgkeep.repository.Frame;
import org.pgkeep.repository.Part;

/**
 * Looks at the pages of a backup with PostgreSQL's own checksum, which knows a page's place: a proof independent of our hashes. That
 * a page fails it is no damage of the repository: it was corrupt in the cluster, which the backup's record then says, or it was being
 * written while it was read, and then its image is in the WAL. Thread-safe.
 *
 * <p>Only for the usual page of 8 KiB: others do not coincide with a repository's blocks. Files that end inside a page are left out.
 */
final class PageNotes {
    /** {@code RELSEG_SIZE} for pages of 8 KiB. */
    private static final int SEGMENT_PAGES = 131_072;

    private final BackupRecord backup;
    private final Map<String, Set<Long>> known = new HashMap<>();
    private final Set<String> unlisted = new HashSet<>();
    private final Map<String, Long> failed = new TreeMap<>();
    private final ThreadLocal<PageCheck> checks;

    PageNotes(BackupRecord backup) {
        this.backup = backup;
        for (BackupRecord.Warning warning : backup.warnings()) {
            known.computeIfAbsent(warning.path(), _ -> new HashSet<>()).addAll(warning.pages());
            if (warning.pages().isEmpty() || warning.pages().size() >= BackupRecord.Warning.PAGES_MAX) {
                unlisted.add(warning.path());
            }
        }
        this.checks = ThreadLocal.withInitial(() -> new PageCheck(Blocks.BYTES, backup.checksums()));
    }

    /** Looks at a frame's content. */
    void look(Frame frame, byte[] content) {
        int block = 0;
        for (Part part : frame.parts()) {
            String path = part.path().latin1();
            Optional<RelationFile> relation =
                    FileKind.ofPath(path).hasPages() ? RelationFile.parse(path) : Optional.empty();
            if (relation.isPresent()) {
                look(part, relation.get().firstBlock(SEGMENT_PAGES), content, block);
            }
            block += part.blocks();
        }
    }

    private void look(Part part, long firstPage, byte[] content, int at) {
        PageCheck check = checks.get();
        for (int i = 0; i < part.blocks(); i++) {
            long page = firstPage + part.firstBlock() + i;
            if (check.check(content, (at + i) * Blocks.BYTES, page).isBad()) {
                failed(part.path().toString(), page);
            }
        }
    }

    private synchronized void failed(String path, long page) {
        if (!unlisted.contains(path) && !known.getOrDefault(path, Set.of()).contains(page)) {
            failed.merge(path, 1L, Long::sum);
        }
    }

    synchronized void tell(Findings findings) {
        failed.forEach((path, pages) -> {
            String message = pages + " pages of " + path + " in backup " + backup.label();
            if (backup.online()) {
                String why = " were being written when they were read; recovery replaces them from the WAL";
                findings.note(path, List.of(backup.label()), message + why);
            } else {
                findings.warning(
                        path,
                        List.of(backup.label()),
                        message + " fail PostgreSQL's check, which the backup's record does not say",
                        "Check that relation in the cluster, and report this: the backup should have told.");
            }
        });
    }
}
