package org.pgkeep.cli;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.config.Settings;
import org.pgkeep.repository.ClusterName;
import org.pgkeep.repository.ClusterStore;
import org.pgkeep.repository.Repository;
import org.pgkeep.restore.Elsewhere;

/** The repositories that the configuration names besides the one that is restored from: each opened when it is first asked, and closed with this. */
final class OtherRepositories implements AutoCloseable {
    private final Invocation invocation;
    private final List<Repository> opened = new ArrayList<>();

    OtherRepositories(Invocation invocation) {
        this.invocation = invocation;
    }

    /** None where somebody chose the one. */
    List<Elsewhere> all() {
        Settings settings = invocation.settings();
        return settings.ofEachRepository().stream()
                .filter(other -> !other.repository().equals(settings.repository()))
                .map(other -> new Elsewhere(other.repository(), () -> open(other)))
                .toList();
    }

    private ClusterStore open(Settings other) {
        Repository repository = invocation.repository(other);
        opened.add(repository);
        return repository.cluster(new ClusterName(other.cluster()));
    }

    @Override
    public void close() {
        opened.forEach(Repository::close);
    }
}
