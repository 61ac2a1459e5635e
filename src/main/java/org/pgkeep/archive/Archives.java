package org.pgkeep.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.postgres.Lsn;
import org.pgkeep.postgres.SegmentName;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.Cores;
import org.pgkeep.repository.Repository;
import org.pgkeep.repository.WalArchive;

/**
 * The repositories of a cluster's WAL, each opened when it is first needed: a file goes to all of them, and comes back from the first that
 * has it. Thread-safe.
 */
public final class Archives implements AutoCloseable {
    private final List<Copies.Place<OpenedRepository>> places = new ArrayList<>();
    private final Set<OpenedRepository> doubtful = ConcurrentHashMap.newKeySet();
    private final Copies copies;

    /** These, which it opens and closes. */
    public Archives(List<Copies.Place<Repository>> repositories, Progress progress) {
        for (Copies.Place<Repository> place : repositories) {
            places.add(opened(place));
        }
        this.copies = new Copies(progress);
    }

    private static Copies.Place<OpenedRepository> opened(Copies.Place<Repository> place) {
        OpenedRepository repository = new OpenedRepository(place.work());
        return new Copies.Place<>(place.repository(), () -> repository);
    }

    /** Pushes a file to each, as {@link ArchivePush} does, on these cores; one that fails keeps the others from nothing. */
    Copies.Pushed push(ArchivePush.Request request, Cores cores) {
        return copies.pushToEach(inEach(repository -> new ArchivePush(repository, cores).push(request)));
    }

    /**
     * Records in each that lacks a segment that it was given up.
     *
     * @throws PgkeepException of the first where that failed
     */
    void noteDropped(ClusterName cluster, SegmentName segment, String why) {
        for (Copies.Place<OpenedRepository> place : places) {
            boolean _ = in(
                    place.work().get(),
                    repository -> noteDropped(repository.cluster(cluster).wal(), segment, why));
        }
    }

    private static boolean noteDropped(WalArchive wal, SegmentName segment, String why) {
        boolean missing = wal.find(segment.toString()).isEmpty();
        if (missing) {
            wal.noteDropped(segment, why);
        }
        return missing;
    }

    /**
     * Brings a file back. What one repository has complete is better than what another has of it so far, and of what none has complete
     * the longest is: PostgreSQL would take the end of a shorter one for the end of all WAL, and commits would be lost that a receiver
     * confirmed.
     *
     * @throws PgkeepException as {@link ArchiveGet#get}, and when one that may have it, or more of it, could not be asked
     */
    public ArchiveGet.Result get(ArchiveGet.Request request) {
        ArchiveGet.Result complete = getComplete(request);
        Optional<SegmentName> segment = SegmentName.parse(request.file());
        return complete instanceof ArchiveGet.Result.Missing && segment.isPresent()
                ? getStreamed(request, segment.get())
                : complete;
    }

    private ArchiveGet.Result getStreamed(ArchiveGet.Request request, SegmentName segment) {
        OpenedRepository longest = places.getFirst().work().get();
        int most = -1;
        List<Lsn> left = new ArrayList<>();
        for (Copies.Place<OpenedRepository> place : places) {
            OpenedRepository each = place.work().get();
            int bytes = in(each, repository -> new ArchiveGet(repository).streamed(request, segment));
            if (bytes > most) {
                longest = each;
                most = bytes;
            }
            in(each, repository -> new ArchiveGet(repository).leftAt(request, segment))
                    .ifPresent(left::add);
        }
        Optional<Lsn> leftFirst = left.stream().min(Lsn::compareTo);
        return in(longest, repository -> new ArchiveGet(repository).getStreamed(request, segment, leftFirst));
    }

    /** The same, but only what is complete and so will never change; what is not is missing. */
    ArchiveGet.Result getComplete(ArchiveGet.Request request) {
        return ask(get -> get.getComplete(request));
    }

    /** What the first says that has the file; missing only if all say so. */
    private ArchiveGet.Result ask(Function<ArchiveGet, ArchiveGet.Result> what) {
        return copies.get(inEach(repository -> what.apply(new ArchiveGet(repository))));
    }

    private <T> List<Copies.Place<T>> inEach(Function<Repository, T> work) {
        List<Copies.Place<T>> asked = new ArrayList<>();
        for (Copies.Place<OpenedRepository> place : places) {
            asked.add(
                    new Copies.Place<>(place.repository(), () -> in(place.work().get(), work)));
        }
        return asked;
    }

    private <T> T in(OpenedRepository repository, Function<Repository, T> work) {
        try {
            return work.apply(repository.get());
        } catch (RuntimeException e) {
            doubtful.add(repository);
            throw e;
        }
    }

    /** Whether one is known to be sealed. */
    boolean isSealed() {
        return places.stream().anyMatch(place -> place.work().get().isSealed());
    }

    /** Whether one failed, so that it should be opened anew. */
    boolean isDoubtful() {
        return !doubtful.isEmpty();
    }

    /** Whatever failed is opened anew by who needs it next; nobody may work with any now. */
    void closeDoubtful() {
        doubtful.forEach(OpenedRepository::close);
        doubtful.clear();
    }

    /** The next request opens them anew; nobody may work with them now. */
    @Override
    public void close() {
        places.forEach(place -> place.work().get().close());
    }
}
