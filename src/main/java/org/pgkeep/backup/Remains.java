package org.pgkeep.backup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.pgkeep.codec.Xxh3;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.BlockHashes;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Frame;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PackReader;
import org.pgkeep.repository.Part;
import org.pgkeep.spool.SortedRecords;
import org.pgkeep.storage.ObjectInfo;

/**
 * What attempts that were cut off have stored, file by file. The indexes of their closed packs say which blocks of which files they
 * hold; a pack counts once the hashes of all its frames were compared. Whether a block is still the same is decided when it is read:
 * by its hash, as a delta restore does. So nothing is believed of the time between, and a block that is referred to is exactly
 * the block that would have been stored.
 *
 * <pre>
 * found    hash of the path · first block · source &lt;&lt; 32 | blocks · pack &lt;&lt; 32 | frame · first block in the frame
 * listed   hash of the path · ordinal
 * joined   ordinal · first block · …
 * </pre>
 */
final class Remains implements AutoCloseable {
    private final ClusterStore cluster;
    private final List<Label> attempts;
    private final Path temporary;
    private final BaseFile.Source source;
    private final SortedRecords found;
    private final SortedRecords joined;

    private Remains(ClusterStore cluster, List<Label> attempts, Path temporary) {
        this.cluster = cluster;
        this.attempts = attempts;
        this.temporary = temporary;
        this.source = new BaseFile.Source(attempts, new BlockHashes(cluster));
        this.found = new SortedRecords(temporary, 5, 3);
        this.joined = new SortedRecords(temporary, 5, 3);
    }

    /**
     * Reads and proves the packs of these attempts; damaged ones are told and left out.
     *
     * @param check throws when the work is pointless by now
     */
    static Remains prove(
            ClusterStore cluster, List<Label> attempts, BackupRequest request, Runnable check, Progress progress) {
        Remains remains = new Remains(cluster, attempts, request.temporary());
        try {
            if (!attempts.isEmpty()) {
                remains.prove(request.jobs(), check, progress);
            }
            return remains;
        } catch (RuntimeException e) {
            remains.close();
            throw e;
        }
    }

    /** A pack to prove. */
    private record Stored(int source, Label label, int number, long bytes) {}

    private void prove(int jobs, Runnable check, Progress progress) {
        List<Stored> packs = new ArrayList<>();
        for (int i = 0; i < attempts.size(); i++) {
            for (Map.Entry<Integer, ObjectInfo> pack :
                    cluster.packs(attempts.get(i)).entrySet()) {
                packs.add(new Stored(
                        i + 1, attempts.get(i), pack.getKey(), pack.getValue().sizeBytes()));
            }
        }
        long bytes = packs.stream().mapToLong(Stored::bytes).sum();
        try (Progress.Step step = progress.step("prove packs of attempts", bytes);
                ExecutorService readers = Executors.newFixedThreadPool(jobs)) {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (Stored pack : packs) {
                tasks.add(() -> prove(pack, check, progress, step));
            }
            for (Future<Boolean> task : readers.invokeAll(tasks)) {
                boolean _ = task.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgkeepException(ErrorCode.TERMINATED, "interrupted while proving packs").causedBy(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PgkeepException known
                    ? known
                    : new PgkeepException(ErrorCode.BUG, "proving packs failed").causedBy(e);
        }
    }

    private boolean prove(Stored pack, Runnable check, Progress progress, Progress.Step step) {
        check.run();
        try (PackReader reader = cluster.pack(pack.label, pack.number);
                PackReader.FrameBuffer buffer = new PackReader.FrameBuffer()) {
            for (int frame = 0; frame < reader.frames().size(); frame++) {
                reader.scrub(frame, buffer);
            }
            for (int frame = 0; frame < reader.frames().size(); frame++) {
                add(pack, frame, reader.frame(frame));
            }
            return true;
        } catch (PgkeepException e) {
            if (e.code() != ErrorCode.DAMAGED && e.code() != ErrorCode.TOO_NEW) {
                throw e;
            }
            progress.warn(e.getMessage() + "; what it holds is stored again");
            return false;
        } finally {
            step.advance(pack.bytes);
        }
    }

    private void add(Stored pack, int frame, Frame content) {
        int inFrame = 0;
        for (Part part : content.parts()) {
            found.add(
                    hash(part.path().bytes()),
                    part.firstBlock(),
                    (long) pack.source << 32 | part.blocks(),
                    (long) pack.number << 32 | frame,
                    inFrame);
            inFrame += part.blocks();
        }
    }

    private static long hash(byte[] path) {
        return Xxh3.hash(path, 0, path.length);
    }

    /** Whether there is nothing to refer to. */
    boolean isEmpty() {
        return found.size() == 0;
    }

    /** The attempts, as extents number them from 1. */
    List<Label> attempts() {
        return attempts;
    }

    /** What the files' extents mean. */
    BaseFile.Source source() {
        return source;
    }

    /** Finds the listed files among what is stored; once. */
    Files byFile(ListingSpool listing) {
        try (SortedRecords listed = new SortedRecords(temporary, 2, 1)) {
            ListingSpool.Reader reader = listing.read();
            for (Optional<ListedEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
                ListedEntry entry = next.get();
                if (entry.type() == ListedEntry.Type.FILE) {
                    listed.add(hash(entry.path().bytes()), reader.ordinal());
                }
            }
            join(listed.sorted(), found.sorted());
        }
        return new Files(joined.sorted());
    }

    /** Two paths of one hash cost nothing but savings: blocks are compared anyway. */
    private void join(SortedRecords.Cursor listed, SortedRecords.Cursor stored) {
        boolean more = stored.next();
        while (more && listed.next()) {
            while (more && Long.compareUnsigned(stored.get(0), listed.get(0)) < 0) {
                more = stored.next();
            }
            for (; more && stored.get(0) == listed.get(0); more = stored.next()) {
                joined.add(listed.get(1), stored.get(1), stored.get(2), stored.get(3), stored.get(4));
            }
        }
    }

    @Override
    public void close() {
        try {
            found.close();
        } finally {
            joined.close();
        }
    }

    /** The files in the listing's order. */
    final class Files {
        private final SortedRecords.Cursor cursor;
        private boolean present;

        private Files(SortedRecords.Cursor cursor) {
            this.cursor = cursor;
            this.present = cursor.next();
        }

        /** What is stored of a file; ordinals must be asked for in order. */
        Optional<BaseFile> of(long ordinal) {
            Overlay overlay = new Overlay(attempts.size());
            for (; present && cursor.get(0) <= ordinal; present = cursor.next()) {
                if (cursor.get(0) == ordinal) {
                    overlay.add(
                            cursor.get(1),
                            (int) cursor.get(2),
                            (int) (cursor.get(2) >>> 32),
                            (int) (cursor.get(3) >>> 32),
                            (int) cursor.get(3),
                            (int) cursor.get(4));
                }
            }
            return overlay.file(source);
        }
    }
}
