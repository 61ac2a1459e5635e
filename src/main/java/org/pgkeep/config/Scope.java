package org.pgkeep.config;

/** Where an option may be set besides the command line. */
public enum Scope {
    /** Environment; top level of a file or {@code [command.C]}. */
    GLOBAL,
    /** Environment; {@code [repository.R]}, under the option's key. */
    REPOSITORY,
    /** Environment; {@code [cluster.X]}, {@code [cluster.X.command.C]}, {@code [command.C]} or top level. */
    CLUSTER,
    /** As {@link #CLUSTER}, and {@code [repository.R]} for all clusters in it. */
    CLUSTER_OR_REPOSITORY,
    /** Environment only: it chooses what the files are asked for. */
    SELECTOR,
    /** Nowhere else: it belongs to one run, and a forgotten value would be dangerous. */
    RUN
}
