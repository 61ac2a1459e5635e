package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the plan of the house: which room may use which, and what every room has. */
class ArchitectureTest {

    /** A room uses every room of the layers below its own, and of its own layer only those named behind it. */
    private static final Map<String, Room> HOUSE = house(
            room(0, "error"),
            room(0, "units", "error"),
            room(0, "progress", "error", "units"),
            room(0, "linux", "error"),
            room(0, "spool", "error"),
            //
            room(1, "config"),
            room(1, "codec"),
            room(1, "codec.seal"),
            room(1, "postgres"),
            room(1, "postgres.wal", "postgres"),
            room(1, "postgres.server", "postgres"),
            room(1, "storage"),
            room(1, "storage.memory", "storage"),
            room(1, "storage.posix", "storage"),
            room(1, "storage.layer", "storage", "codec", "codec.seal"),
            //
            room(2, "repository", "repository.proto"),
            room(2, "repository.proto"),
            //
            room(3, "archive"),
            room(3, "backup", "backup.change"),
            room(3, "backup.change"),
            room(3, "compact"),
            room(3, "copy"),
            room(3, "expire"),
            room(3, "forget"),
            room(3, "receive"),
            room(3, "report"),
            room(3, "restore"),
            room(3, "setup"),
            room(3, "stop"),
            room(3, "verify"),
            //
            room(5, "cli", "console", "demo", "terminal"),
            room(5, "console"),
            room(5, "demo"),
            room(5, "terminal"),
            //
            room(6, ""));

    /** Rooms that are open to few: features take plain requests, and formats are the repository's business. */
    private static final Map<String, Set<String>> RESERVED = Map.of(
            "config", Set.of("cli", "demo", ""),
            "repository.proto", Set.of("repository"),
            "storage.memory", Set.of(),
            "storage.posix", Set.of("cli", "demo", ""));

    /** Names of rooms for things that have no place. */
    private static final Set<String> NO_ROOMS =
            Set.of("util", "utils", "common", "helper", "helpers", "impl", "manager", "core", "base", "misc");

    private static final String GENERATED = "repository.proto";

    private static final List<JavaClass> CLASSES = new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
                    .importPackages("org.pgkeep")
                    .stream()
                    .toList();

    record Room(int layer, String name, Set<String> beside) {
        boolean mayUse(Room other) {
            var allowed = layer > other.layer || beside.contains(other.name);
            return this.equals(other) || (allowed && isAdmittedTo(other));
        }

        private boolean isAdmittedTo(Room other) {
            var reserved = RESERVED.get(other.name);
            return reserved == null || reserved.contains(name);
        }
    }

    @Test
    void aRoomUsesOnlyRoomsBelowItsOwn() {
        var violations = CLASSES.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(dependency -> isOurs(dependency.getTargetClass()))
                .filter(dependency -> !roomOf(dependency.getOriginClass()).mayUse(roomOf(dependency.getTargetClass())))
                .map(dependency -> roomOf(dependency.getOriginClass()).name + " must not use "
                        + roomOf(dependency.getTargetClass()).name + ": " + dependency.getDescription())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(violations).isEmpty();
    }

    @Test
    void featuresDoNotUseEachOther() {
        assertThat(HOUSE.values())
                .filteredOn(room -> room.layer == 3)
                .allMatch(room -> room.beside.stream().allMatch(part -> part.startsWith(room.name + ".")));
    }

    @Test
    void aRoomIsNamedAfterWhatHappensInIt() {
        assertThat(rooms()).allSatisfy(room -> assertThat(room.split("\\.")).doesNotContainAnyElementsOf(NO_ROOMS));
    }

    @Test
    void everyRoomHasASignAndKnowsNoNull() {
        assertThat(rooms()).isNotEmpty().allSatisfy(room -> {
            var sign = Path.of("src/main/java", packageOf(room).split("\\.")).resolve("package-info.java");
            assertThat(sign).exists();
            assertThat(read(sign)).startsWith("/**");
            assertThat(Class.forName(packageOf(room) + ".package-info").isAnnotationPresent(NullMarked.class))
                    .isTrue();
        });
    }

    @Test
    void nothingIsExtendedButExceptions() {
        var open = CLASSES.stream()
                .filter(type -> !roomOf(type).name.equals(GENERATED))
                .filter(type -> !type.isInterface() && !type.isEnum() && !type.isAnonymousClass())
                .filter(type -> !type.getModifiers().contains(JavaModifier.FINAL))
                .filter(type -> !Exception.class.isAssignableFrom(type.reflect()))
                .filter(type -> !type.reflect().isSealed())
                .map(JavaClass::getName);

        assertThat(open).isEmpty();
    }

    private static Room room(int layer, String name, String... beside) {
        return new Room(layer, name, Set.of(beside));
    }

    private static Map<String, Room> house(Room... rooms) {
        return Stream.of(rooms).collect(Collectors.toMap(Room::name, Function.identity()));
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals("org.pgkeep")
                || type.getPackageName().startsWith("org.pgkeep.");
    }

    private static Room roomOf(JavaClass type) {
        var name = type.getPackageName().substring("org.pgkeep".length()).replaceFirst("^\\.", "");
        var room = HOUSE.get(name);
        if (room == null) {
            throw new AssertionError(
                    "package " + type.getPackageName() + " has no row in the table of ArchitectureTest");
        }
        return room;
    }

    /** The rooms whose code people write. */
    private static Collection<String> rooms() {
        return CLASSES.stream()
                .map(type -> roomOf(type).name)
                .filter(name -> !name.equals(GENERATED))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String packageOf(String room) {
        return room.isEmpty() ? "org.pgkeep" : "org.pgkeep." + room;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
