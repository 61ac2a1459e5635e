package org.pgkeep.config;

import java.util.Optional;

/** A part of a configuration file. */
sealed interface Section {
    /** Before the first section. */
    record Top() implements Section {}

    /** {@code [repository.NAME]}. */
    record Repository(String name) implements Section {}

    /** {@code [cluster.NAME]}. */
    record Cluster(String name) implements Section {}

    /** {@code [command.COMMAND]}. */
    record Command(CommandName command) implements Section {}

    /** {@code [cluster.NAME.command.COMMAND]}. */
    record ClusterCommand(String name, CommandName command) implements Section {}

    /** As written between the brackets; empty for the top. */
    default String text() {
        return switch (this) {
            case Top _ -> "";
            case Repository(String name) -> "repository." + name;
            case Cluster(String name) -> "cluster." + name;
            case Command(CommandName command) -> "command." + command;
            case ClusterCommand(String name, CommandName command) -> "cluster." + name + ".command." + command;
        };
    }

    /** Whether this option may stand here. */
    default boolean holds(Option<?> option) {
        Scope scope = option.scope();
        boolean ofBoth = scope == Scope.CLUSTER_OR_REPOSITORY;
        boolean ofCluster = scope == Scope.CLUSTER || ofBoth;
        return switch (this) {
            case Top _ -> ofCluster || scope == Scope.GLOBAL;
            case Repository _ -> scope == Scope.REPOSITORY || ofBoth;
            case Cluster _ -> ofCluster;
            case Command(CommandName command) -> (ofCluster || scope == Scope.GLOBAL) && option.isOf(command);
            case ClusterCommand(String _, CommandName command) -> ofCluster && option.isOf(command);
        };
    }

    /** How messages call this place. */
    default String place() {
        return this instanceof Top ? "the top level" : "[" + text() + "]";
    }

    /** Where an option that may not stand here belongs; empty for one that no file may set. */
    static Optional<String> homeOf(Option<?> option) {
        return switch (option.scope()) {
            case GLOBAL -> Optional.of("the top level, before the first section, or in [command.COMMAND]");
            case REPOSITORY -> Optional.of("a [repository.NAME] section");
            case CLUSTER -> Optional.of("a [cluster.NAME] section or the top level");
            case CLUSTER_OR_REPOSITORY -> Optional.of("a [cluster.NAME] or [repository.NAME] section or the top level");
            case SELECTOR, RUN -> Optional.empty();
        };
    }
}
