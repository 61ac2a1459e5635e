package org.pgkeep.restore;

import java.util.function.Supplier;
import org.pgkeep.repository.ClusterStore;

/**
 * The same cluster in another repository, which is asked only when something is damaged in the one that is restored from.
 *
 * @param repository its name, for messages
 * @param cluster opens it, and finds the cluster
 */
public record Elsewhere(String repository, Supplier<ClusterStore> cluster) {}
