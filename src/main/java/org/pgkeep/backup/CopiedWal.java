package org.pgkeep.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.SegmentSpan;
import org.pgkeep.postgres.TimelineHistory;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BackupWal;
import org.pgkeep.repository.WalArchive;

/** WAL that reaches the archive, and is copied from there into the backup: it can then be restored where there is no archive. */
final class CopiedWal implements NeededWal {
    private final ArchiveProof archive;
    private final WalArchive wal;
    private final Progress progress;

    CopiedWal(ArchiveProof archive, WalArchive wal, Progress progress) {
        this.archive = archive;
        this.wal = wal;
        this.progress = progress;
    }

    @Override
    public BackupWal place() {
        return BackupWal.COPY;
    }

    @Override
    public void begin() {
        archive.begin();
    }

    @Override
    public void started(BackupMode.Start start, WalFiles files) {
        archive.started(start, files);
    }

    @Override
    public void before() {
        archive.before();
    }

    @Override
    public void check() {
        archive.check();
    }

    @Override
    public void complete(Need need, WalFiles files) {
        archive.await(need);
        SortedSet<String> names = names(need.span());
        try (Progress.Step step = progress.step(
                "copy WAL into the backup", (long) names.size() * need.span().segmentBytes())) {
            for (String name : names) {
                step.note(name);
                copy(name, files);
                step.advance(need.span().segmentBytes());
            }
        }
        files.finish();
    }

    private SortedSet<String> names(SegmentSpan span) {
        SortedSet<String> names = new TreeSet<>();
        span.places().flatMap(place -> place.names().stream()).forEach(name -> add(names, name.toString()));
        span.timelines().forEach(timeline -> add(names, TimelineHistory.fileName(timeline)));
        return names;
    }

    private void add(SortedSet<String> names, String name) {
        if (wal.find(name).isPresent()) {
            names.add(name);
        }
    }

    private void copy(String name, WalFiles files) {
        Optional<WalArchive.Stored> stored = wal.find(name);
        if (stored.isEmpty()) {
            throw new PgkeepException(
                    ErrorCode.ARCHIVING,
                    name + " was in the archive a moment ago, and is not any more",
                    "Was it removed by another pgkeep? Run the backup again.");
        }
        try (OutputStream target = Files.newOutputStream(files.place(name))) {
            long _ = wal.copyTo(stored.get(), target);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.FILE_WRITE, "write " + files.place(name), e);
        }
        files.add(name);
    }

    @Override
    public void after(Need need) {
        // It is in the backup.
    }

    @Override
    public void close() {
        archive.close();
    }
}
