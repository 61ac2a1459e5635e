package org.pgkeep.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.Nearest;
import org.pgkeep.error.PgkeepException;

/** Where values may stand, in the order in which they win. */
final class Sources {
    /** Variables of ours that are no options: the launcher's, and where the demonstration finds PostgreSQL. */
    private static final Set<String> RESERVED =
            Set.of("PGKEEP_HOME", "PGKEEP_JAVA", "PGKEEP_JAVA_OPTS", "PGKEEP_POSTGRES_BIN");

    private final Given given;
    private final Map<String, String> environment;
    private final ConfigFiles files;

    /** A value as written, and where. */
    record Found(Written value, Origin origin) {}

    private Sources(Given given, Map<String, String> environment, ConfigFiles files) {
        this.given = given;
        this.environment = environment;
        this.files = files;
    }

    /** The command line, this environment, and the configuration files that they or their absence name. */
    static Sources of(Given given, Map<String, String> environment, Path system) {
        refuseUnknownVariables(environment);
        Sources outside = new Sources(given, environment, ConfigFiles.none());
        ConfigFiles files = outside.typedOrExported(Options.CONFIG_FILE)
                .map(found -> ConfigFiles.of(Values.check(Options.CONFIG_FILE, found)))
                .orElseGet(() -> ConfigFiles.firstOf(usualPlaces(environment, system)));
        return new Sources(given, environment, files);
    }

    private static List<Path> usualPlaces(Map<String, String> environment, Path system) {
        String home = environment.getOrDefault("HOME", "");
        List<Path> places = new ArrayList<>();
        if (!home.isEmpty()) {
            places.add(Path.of(home, ".config", "pgkeep", "pgkeep.toml"));
        }
        places.add(system.resolve("pgkeep.toml"));
        return places;
    }

    private static void refuseUnknownVariables(Map<String, String> environment) {
        for (String variable : environment.keySet()) {
            if (variable.startsWith(Option.ENVIRONMENT_PREFIX)
                    && !isOfService(variable, environment)
                    && !RESERVED.contains(variable)
                    && Options.ofVariable(variable).isEmpty()) {
                throw unknownVariable(variable);
            }
        }
    }

    /** Kubernetes tells each container of each service in the same namespace, and so of one that has our name. */
    private static boolean isOfService(String variable, Map<String, String> environment) {
        return variable.startsWith(Option.ENVIRONMENT_PREFIX + "SERVICE_")
                || variable.startsWith(Option.ENVIRONMENT_PREFIX + "PORT_")
                || isAddress(environment.getOrDefault(variable, ""));
    }

    private static boolean isAddress(String value) {
        return value.startsWith("tcp://") || value.startsWith("udp://");
    }

    private static PgkeepException unknownVariable(String variable) {
        List<String> known = new ArrayList<>(RESERVED);
        for (Option<?> option : Options.ALL) {
            option.variable().ifPresent(known::add);
        }
        return new PgkeepException(
                ErrorCode.CONFIG,
                "unknown environment variable " + variable,
                Nearest.to(variable, known)
                        .map(near -> "Did you mean " + near + "?")
                        .orElse("Unset it: names that begin with PGKEEP_ set options."));
    }

    ConfigFiles files() {
        return files;
    }

    /** What the command line says, else the environment. An empty variable counts as not set. */
    Optional<Found> typedOrExported(Option<?> option) {
        List<String> typed = given.options().getOrDefault(option, List.of());
        if (!typed.isEmpty()) {
            Written.Kind kind = option.isList() ? Written.Kind.LIST : Written.Kind.TEXT;
            return Optional.of(new Found(new Written(kind, typed), new Origin.CommandLine()));
        }
        String variable = option.variable().orElse("");
        String exported = variable.isEmpty() ? "" : environment.getOrDefault(variable, "");
        if (exported.isEmpty() || isAddress(exported)) {
            return Optional.empty();
        }
        Written written = option.isList()
                ? new Written(Written.Kind.LIST, OptionType.Listed.split(exported))
                : Written.text(exported);
        return Optional.of(new Found(written, new Origin.Environment(variable)));
    }

    /** The winning value for this cluster and repository; empty if nobody set one. */
    Optional<Found> find(Option<?> option, String cluster, String repository) {
        Optional<Found> outside = typedOrExported(option);
        if (outside.isPresent() || !option.inFile()) {
            return outside;
        }
        CommandName command = given.command();
        List<Section> places = List.of(
                new Section.ClusterCommand(cluster, command),
                new Section.Cluster(cluster),
                new Section.Command(command),
                new Section.Repository(repository),
                new Section.Top());
        for (Section place : places) {
            Optional<FileEntry> entry = files.find(place, option);
            if (entry.isPresent()) {
                return Optional.of(new Found(entry.get().value(), entry.get().origin()));
            }
        }
        return Optional.empty();
    }
}
