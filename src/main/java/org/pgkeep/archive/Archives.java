package org.pgkeep.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.pgkeep.progress.Progress;
import org.pgkeep.repository.Repository;

/** The repositories that a prefetcher asks, in order, each opened when it is first needed. Thread-safe. */
final class Archives implements AutoCloseable {
    private final List<Copies.Place<OpenedRepository>> places = new ArrayList<>();
    private final Copies copies;

    Archives(List<Copies.Place<Repository>> repositories, Progress progress) {
        for (Copies.Place<Repository> place : repositories) {
            places.add(opened(place));
        }
        this.copies = new Copies(progress);
    }

    private static Copies.Place<OpenedRepository> opened(Copies.Place<Repository> place) {
        OpenedRepository repository = new OpenedRepository(place.work());
        return new Copies.Place<>(place.repository(), () -> repository);
    }

    /** What the first says that has the file; missing only if all say so. */
    ArchiveGet.Result get(Function<ArchiveGet, ArchiveGet.Result> what) {
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
