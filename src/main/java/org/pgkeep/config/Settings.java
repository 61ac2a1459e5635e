package org.pgkeep.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.Nearest;
import org.pgkeep.error.PgkeepException;

/** The options in force for one command: each checked, each with its origin. */
public final class Settings {
    private static final String CLUSTER_DEFAULT = "main";
    private static final String REPOSITORY_DEFAULT = "local";

    private final Sources sources;
    private final Given given;
    private final ConfigFiles files;
    private final String cluster;
    private final String repository;
    private final Map<Option<?>, Object> values = new HashMap<>();
    private final Map<Option<?>, Setting> origins = new HashMap<>();

    private Settings(Given given, Sources sources, String cluster, String repository) {
        this.sources = sources;
        this.given = given;
        this.files = sources.files();
        this.cluster = cluster;
        this.repository = repository;
    }

    /**
     * Finds the values in force: the command line's, the environment's, those of the configuration file that {@code --config} or
     * {@code PGKEEP_CONFIG} names, else of {@code ~/.config/pgkeep/pgkeep.toml}, else of the machine's.
     *
     * @param system the directory of the machine's configuration file, {@code /etc/pgkeep}
     * @throws PgkeepException {@code USAGE} or {@code CONFIG}, saying where the wrong value stands and what is allowed
     */
    public static Settings load(Given given, Map<String, String> environment, Path system) {
        Sources sources = Sources.of(given, environment, system);
        String cluster = selectCluster(sources);
        return load(given, sources, cluster, selectRepository(sources, cluster));
    }

    private static Settings load(Given given, Sources sources, String cluster, String repository) {
        Settings settings = new Settings(given, sources, cluster, repository);
        for (Option<?> option : Options.of(given.command())) {
            settings.put(option, sources);
        }
        return settings;
    }

    private static String selectCluster(Sources sources) {
        Optional<Sources.Found> named = sources.typedOrExported(Options.CLUSTER_NAME);
        if (named.isPresent()) {
            return Values.check(Options.CLUSTER_NAME, named.get());
        }
        List<String> known = sources.files().clusters();
        return known.size() == 1 ? known.getFirst() : CLUSTER_DEFAULT;
    }

    private static String selectRepository(Sources sources, String cluster) {
        List<String> known = sources.files().repositories();
        Optional<Sources.Found> named = sources.find(Options.REPOSITORY_NAME, cluster, "");
        if (named.isEmpty()) {
            return known.isEmpty() ? REPOSITORY_DEFAULT : known.getFirst();
        }
        String name = Values.check(Options.REPOSITORY_NAME, named.get());
        boolean pathTyped = sources.typedOrExported(Options.REPOSITORY_PATH).isPresent();
        if (!known.contains(name) && !pathTyped) {
            throw new PgkeepException(
                    named.get().origin().errorCode(),
                    "repository '" + name + "' is in no configuration file",
                    Nearest.to(name, known)
                            .map(near -> "Did you mean '" + near + "'?")
                            .orElse("Add a section [repository." + name + "], or give --repo-path."));
        }
        return name;
    }

    private <T> void put(Option<T> option, Sources sources) {
        Optional<Sources.Found> found = sources.find(option, cluster, repository);
        Optional<Sources.Found> inForce = found.or(
                () -> option.defaultText().map(text -> new Sources.Found(Written.text(text), new Origin.Default())));
        inForce.ifPresent(value -> values.put(option, Values.check(option, value)));
        Optional<String> text = inForce.map(value ->
                option.secret() ? Setting.MASK : String.join(",", value.value().texts()));
        Origin origin = inForce.map(Sources.Found::origin).orElse(new Origin.Default());
        origins.put(option, new Setting(option, text, origin));
    }

    /** The command. */
    public CommandName command() {
        return given.command();
    }

    /** The operands. */
    public List<String> operands() {
        return given.operands();
    }

    /** The cluster to work on. */
    public String cluster() {
        return cluster;
    }

    /** Whether someone named the cluster, or the files leave no choice. */
    public boolean clusterIsChosen() {
        return values.containsKey(Options.CLUSTER_NAME) || files.clusters().size() == 1;
    }

    /** The repository to work with. */
    public String repository() {
        return repository;
    }

    /** The settings for this cluster: of commands whose operand names it. */
    public Settings ofCluster(String name) {
        return load(given, sources, name, selectRepository(sources, name));
    }

    /**
     * The settings for each repository that the files name, in order, when nobody chose one; else only these. For commands that tell about
     * repositories and change nothing.
     */
    public List<Settings> ofEachRepository() {
        boolean chosen = values.containsKey(Options.REPOSITORY_NAME)
                || sources.typedOrExported(Options.REPOSITORY_PATH).isPresent();
        return chosen || files.repositories().size() < 2
                ? List.of(this)
                : files.repositories().stream()
                        .map(name -> load(given, sources, cluster, name))
                        .toList();
    }

    /**
     * The settings for another repository that the files name.
     *
     * @throws PgkeepException {@code USAGE} when they name none of this name, or when the path of one was given outside of them, which
     *     would be taken for the other's, too
     */
    public Settings ofRepository(String name) {
        if (!files.repositories().contains(name)) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "repository '" + name + "' is in no configuration file",
                    Nearest.to(name, files.repositories())
                            .map(near -> "Did you mean '" + near + "'?")
                            .orElse("Add a section [repository." + name + "]."));
        }
        if (sources.typedOrExported(Options.REPOSITORY_PATH).isPresent()) {
            throw new PgkeepException(
                    ErrorCode.USAGE,
                    "with two repositories, " + Options.REPOSITORY_PATH + " cannot say of which it is the path",
                    "Name both in the configuration file, and choose with --repo.");
        }
        return load(given, sources, cluster, name);
    }

    /** The configuration files that were read, in order. */
    public List<Path> files() {
        return files.files();
    }

    /** The clusters that the files name, in order. */
    public List<String> clusters() {
        return files.clusters();
    }

    /** The repositories that the files name, in order. */
    public List<String> repositories() {
        return files.repositories();
    }

    /** The value of an option that has a default. */
    public <T> T get(Option<T> option) {
        return find(option)
                .orElseThrow(() -> new PgkeepException(ErrorCode.BUG, option + " has no value and no default"));
    }

    /** The value of an option; empty if nobody set it and it has no default. */
    public <T> Optional<T> find(Option<T> option) {
        if (!option.isOf(given.command())) {
            throw new PgkeepException(
                    ErrorCode.BUG, "'" + given.command() + "' asks for " + option + ", which it has not");
        }
        @SuppressWarnings("unchecked") // put() stored what the option's own type gave
        Optional<T> value = Optional.ofNullable((T) values.get(option));
        return value;
    }

    /**
     * The value of an option that the command cannot do without.
     *
     * @throws PgkeepException {@code USAGE}, saying all ways to set it
     */
    public <T> T require(Option<T> option) {
        return find(option).orElseThrow(() -> missing(option));
    }

    private PgkeepException missing(Option<?> option) {
        List<String> ways = new ArrayList<>(List.of("give " + option));
        option.variable().ifPresent(variable -> ways.add("set " + variable));
        if (option.scope() == Scope.REPOSITORY) {
            ways.add("set '" + option.key() + "' in [repository." + repository + "]");
        } else if (option.inFile()) {
            ways.add("set '" + option.key() + "' in [cluster." + cluster + "]");
        }
        boolean typo = !files.clusters().isEmpty() && !files.clusters().contains(cluster);
        String others = typo ? "; the files name the cluster " + String.join(", ", files.clusters()) : "";
        String hint = String.join(", or ", ways) + others + ".";
        return new PgkeepException(
                ErrorCode.USAGE,
                option + " is missing for cluster '" + cluster + "'",
                Character.toUpperCase(hint.charAt(0)) + hint.substring(1));
    }

    /** Where an option's value came from. */
    public Origin origin(Option<?> option) {
        return setting(option).origin();
    }

    /** All options of the command, in the table's order; secrets masked. */
    public List<Setting> all() {
        List<Setting> all = new ArrayList<>();
        for (Option<?> option : Options.of(given.command())) {
            all.add(setting(option));
        }
        return all;
    }

    private Setting setting(Option<?> option) {
        return Optional.ofNullable(origins.get(option))
                .orElseThrow(() -> new PgkeepException(ErrorCode.BUG, option + " was not looked up"));
    }
}
