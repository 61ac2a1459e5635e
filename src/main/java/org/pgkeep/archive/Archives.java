package org.pgkeep.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Repository;

/** The repositories that may have a file, asked in order, each opened when it is first needed. Thread-safe. */
public final class Archives implements AutoCloseable {
    private final List<Copies.Place<OpenedRepository>> places = new ArrayList<>();
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

    /**
     * Brings a file back. What one repository has complete is better than what another has of it so far: PostgreSQL would take
     * the end of that for the end of all WAL.
     *
     * @throws org.pgkeep.error.PgkeepException as {@link ArchiveGet#get}, and when one that may have it could not be asked
     */
    public ArchiveGet.Result get(ArchiveGet.Request request) {
        ArchiveGet.Result complete = getComplete(request);
        return complete instanceof ArchiveGet.Result.Fetched ? complete : ask(get -> get.get(request));
    }

    /** The same, but only what is complete and so will never change; what is not is missing. */
    ArchiveGet.Result getComplete(ArchiveGet.Request request) {
        return ask(get -> get.getComplete(request));
    }

    /** What the first says that has the file; missing only if all say so. */
    private ArchiveGet.Result ask(Function<ArchiveGet, ArchiveGet.Result> what) {
        List<Copies.Place<ArchiveGet.Result>> asked = new ArrayList<>();
        for (Copies.Place<OpenedRepository> place : places) {
            asked.add(new Copies.Place<>(
                    place.repository(),
                    () -> what.apply(new ArchiveGet(place.work().get().get()))));
        }
        return copies.get(asked);
    }

    /** The next request opens them anew; nobody may work with them now. */
    @Override
    public void close() {
        places.forEach(place -> place.work().get().close());
    }
}
