package org.pgkeep.restore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.ControlFile;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.PageCheck;
import org.pgkeep.postgres.PageVerdict;
import org.pgkeep.postgres.RelationFile;
import org.pgkeep.repository.BackupRecord;

/**
 * Trusts pages by their LSN, once {@link SharedPast} has proved that the target lived through the backup's start: a sound page that was
 * last changed before it was the same page then. What that rests on, and why each condition is needed, is told in
 * {@code docs/guide/delta-lsn.md}.
 */
final class LsnTrust {
    private static final byte[] PG_VERSION = "PG_VERSION".getBytes(StandardCharsets.US_ASCII);

    private final FileTable files;
    private final ControlFile control;
    private final Lsn start;
    private final BitSet trusted = new BitSet();

    /** Looks at the directories of the databases, which must not have been touched yet. */
    LsnTrust(FileTable files, ControlFile control, BackupRecord backup) {
        this.files = files;
        this.control = control;
        this.start = backup.startLsn();
        FileIndex index = new FileIndex(files);
        Map<Integer, Boolean> oldDirectories = new HashMap<>();
        for (int file = 0; file < files.count(); file++) {
            int number = files.directoryOf(file);
            boolean isMain = RelationFile.parse(files.path(file).latin1())
                    .filter(relation -> relation.fork() == RelationFile.Fork.MAIN && !relation.isTemporary())
                    .isPresent();
            trusted.set(file, isMain && oldDirectories.computeIfAbsent(number, n -> isOld(index, n)));
        }
    }

    /**
     * Whether the directory is the one that was backed up. Databases are copied file by file with their pages' LSNs when they are created
     * or moved, and one may get the number of another that was dropped; but then its {@code PG_VERSION} is new.
     */
    private boolean isOld(FileIndex index, int directory) {
        int version = index.find(directory, PG_VERSION);
        if (version < 0) {
            // Shared relations have none, and are never copied; a tablespace's directories have none, and might be.
            int control = files.control();
            return directory == files.directoryOf(control);
        }
        Path location = files.place(version);
        try {
            Instant modified = Files.getLastModifiedTime(location).toInstant().truncatedTo(ChronoUnit.MICROS);
            return modified.equals(files.modified(version));
        } catch (java.nio.file.NoSuchFileException _) {
            return false;
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_READ, "read " + location, e);
        }
    }

    /** For one worker: checking a page takes memory of its own. */
    PageTrust forWorker() {
        return new Judge(PageCheck.of(control));
    }

    private final class Judge implements PageTrust {
        private final PageCheck check;
        private int current = -1;
        private long firstBlock;

        Judge(PageCheck check) {
            this.check = check;
        }

        @Override
        public boolean isCertain(int file, long block, byte[] content, int offset) {
            if (!trusted.get(file)) {
                return false;
            }
            // Lower than any real LSN are zero and those made up for pages without WAL: WAL begins with the second
            // segment.
            Lsn lsn = PageCheck.lsn(content, offset);
            boolean isBefore = lsn.compareTo(start) <= 0
                    && !lsn.isBefore(new Lsn(control.layout().walSegmentBytes()));
            return isBefore && check.check(content, offset, firstBlock(file) + block) == PageVerdict.Good.SOUND;
        }

        private long firstBlock(int file) {
            if (file != current) {
                current = file;
                firstBlock = RelationFile.parse(files.path(file).latin1())
                        .orElseThrow()
                        .firstBlock(control.layout().segmentBlocks());
            }
            return firstBlock;
        }
    }
}
