package org.pgkeep.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * The configuration file and the pieces beside it, as one: {@code pgkeep.toml} is followed by {@code pgkeep.d/*.toml} in the
 * order of their names (of any {@code NAME.toml}: {@code NAME.d}). No key may be set by two of them.
 *
 * @param files the files read, in order
 * @param entries all entries, in order
 * @param sections all sections, in order
 */
record ConfigFiles(List<Path> files, List<FileEntry> entries, List<Section> sections) {
    private static final String SUFFIX = ".toml";

    ConfigFiles {
        files = List.copyOf(files);
        entries = List.copyOf(entries);
        sections = List.copyOf(sections);
    }

    static ConfigFiles none() {
        return new ConfigFiles(List.of(), List.of(), List.of());
    }

    /** Reads the first of these that exists, with the pieces beside it. */
    static ConfigFiles firstOf(List<Path> candidates) {
        for (Path candidate : candidates) {
            List<Path> pieces = pieces(candidate);
            if (Files.exists(candidate) || !pieces.isEmpty()) {
                List<Path> files = new ArrayList<>(Files.exists(candidate) ? List.of(candidate) : List.of());
                files.addAll(pieces);
                return read(files);
            }
        }
        return none();
    }

    /** Reads this file, which must exist, with the pieces beside it. */
    static ConfigFiles of(Path file) {
        List<Path> files = new ArrayList<>(List.of(file));
        files.addAll(pieces(file));
        return read(files);
    }

    private static ConfigFiles read(List<Path> files) {
        List<FileEntry> entries = new ArrayList<>();
        List<Section> sections = new ArrayList<>();
        Map<String, FileEntry> first = new HashMap<>();
        for (Path file : files) {
            TomlFile read = TomlFile.read(file);
            sections.addAll(read.sections());
            for (FileEntry entry : read.entries()) {
                FileEntry earlier = first.putIfAbsent(
                        entry.section().text() + "\0" + entry.option().key(), entry);
                if (earlier != null) {
                    throw setTwice(earlier, entry);
                }
                guard(entry);
                entries.add(entry);
            }
        }
        return new ConfigFiles(files, entries, sections);
    }

    private static PgkeepException setTwice(FileEntry earlier, FileEntry entry) {
        return new PgkeepException(
                ErrorCode.CONFIG,
                entry.place() + ": '" + entry.option().key() + "' in "
                        + entry.section().place() + " is set twice, first at " + earlier.place(),
                "Keep one of them.");
    }

    private static void guard(FileEntry entry) {
        if (!entry.option().secret()) {
            return;
        }
        try {
            if (Files.getPosixFilePermissions(entry.file()).contains(PosixFilePermission.OTHERS_READ)) {
                throw new PgkeepException(
                        ErrorCode.CONFIG,
                        entry.place() + ": '" + entry.option().key() + "' is a secret in a file that everyone can read",
                        "Change the file's permissions: chmod o-rwx " + entry.file());
            }
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.CONFIG, "read the permissions of " + entry.file(), e);
        }
    }

    private static List<Path> pieces(Path file) {
        String name = String.valueOf(file.getFileName());
        String stem = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        Path folder = file.resolveSibling(stem + ".d");
        List<Path> pieces = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
                stream.forEach(pieces::add);
            } catch (IOException e) {
                throw PgkeepException.ofIo(ErrorCode.CONFIG, "list " + folder, e);
            }
            pieces.sort(null);
        }
        return pieces;
    }

    /** The value of an option in a section. */
    Optional<FileEntry> find(Section section, Option<?> option) {
        // By their text, which no two share: a record's first equals() takes longer than reading the file.
        String place = section.text();
        for (FileEntry entry : entries) {
            if (entry.option().name().equals(option.name())
                    && entry.section().text().equals(place)) {
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    /** The names of all repositories, in order. */
    List<String> repositories() {
        List<String> names = new ArrayList<>();
        for (Section section : sections) {
            if (section instanceof Section.Repository(String name) && !names.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    /** The names of all clusters, in order. */
    List<String> clusters() {
        List<String> names = new ArrayList<>();
        for (Section section : sections) {
            if (section instanceof Section.Cluster(String name) && !names.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }
}
