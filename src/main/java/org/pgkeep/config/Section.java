package org.pgkeep.config;

import java.util.Optional;

/** A part of a configuration file. */
sealed interface Section {
    /** As written between the brackets; empty for the top. */
    String text();

    /** Whether this option may stand here. */
    boolean holds(Option<?> option);

    private static boolean isOfCluster(Option<?> option) {
        return option.scope() == Scope.CLUSTER || option.scope() == Scope.CLUSTER_OR_REPOSITORY;
    }

    /** Before the first section. */
    record Top() implements Section {
        @Override
        public String text() {
            return "";
        }

        @Override
        public boolean holds(Option<?> option) {
            return isOfCluster(option) || option.scope() == Scope.GLOBAL;
        }
    }

    /** {@code [repository.NAME]}. */
    record Repository(String name) implements Section {
        @Override
        public String text() {
            return "repository." + name;
        }

        @Override
        public boolean holds(Option<?> option) {
            return option.scope() == Scope.REPOSITORY || option.scope() == Scope.CLUSTER_OR_REPOSITORY;
        }
    }

    /** {@code [cluster.NAME]}. */
    record Cluster(String name) implements Section {
        @Override
        public String text() {
            return "cluster." + name;
        }

        @Override
        public boolean holds(Option<?> option) {
            return isOfCluster(option);
        }
    }

    /** {@code [command.COMMAND]}. */
    record Command(CommandName command) implements Section {
        @Override
        public String text() {
            return "command." + command;
        }

        @Override
        public boolean holds(Option<?> option) {
            return (isOfCluster(option) || option.scope() == Scope.GLOBAL) && option.isOf(command);
        }
    }

    /** {@code [cluster.NAME.command.COMMAND]}. */
    record ClusterCommand(String name, CommandName command) implements Section {
        @Override
        public String text() {
            return "cluster." + name + ".command." + command;
        }

        @Override
        public boolean holds(Option<?> option) {
            return isOfCluster(option) && option.isOf(command);
        }
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
