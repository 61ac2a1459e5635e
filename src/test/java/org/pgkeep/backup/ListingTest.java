package org.pgkeep.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.error.PgkeepException;
import org.pgkeep.repository.PathName;

final class ListingTest {
    private static final String VERSION = "PG_15_202209061";

    @TempDir
    private Path directory;

    private Path data;
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void aDataDirectory() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
    }

    @Test
    void theOrderIsThatOfATreeWalk() throws IOException {
        for (String file : List.of("a-b", "a.b", "a/x", "a/y/z", "b", "B", "é")) {
            write(file, "1");
        }
        assertThat(list()).containsExactly("B", "a/", "a/x", "a/y/", "a/y/z", "a-b", "a.b", "b", "é");
        List<PathName> paths =
                entries(List.of(), true).stream().map(ListedEntry::path).toList();
        assertThat(paths).isSorted();
    }

    @Test
    void whatPostgresMakesAnewIsLeftOut() throws IOException {
        for (String file : List.of(
                "PG_VERSION",
                "postmaster.pid",
                "postmaster.opts",
                "backup_label.old",
                "postgresql.auto.conf",
                "postgresql.auto.conf.tmp",
                "standby.signal",
                "base/5/1259",
                "base/5/pg_internal.init",
                "base/5/pg_internal.init.1234",
                "base/5/t3_16400",
                "base/5/t3_16400_fsm",
                "base/pgsql_tmp/pgsql_tmp77.0",
                "pg_dynshmem/mmap.1",
                "pg_notify/0000",
                "pg_replslot/standby/state",
                "pg_serial/0000",
                "pg_snapshots/00000003-1",
                "pg_stat_tmp/global.stat",
                "pg_subtrans/0000",
                "pg_wal/000000010000000000000001",
                "pg_wal/archive_status/000000010000000000000001.ready",
                "pg_xact/0000")) {
            write(file, "x");
        }
        assertThat(list())
                .containsExactly(
                        "PG_VERSION",
                        "base/",
                        "base/5/",
                        "base/5/1259",
                        "pg_dynshmem/",
                        "pg_notify/",
                        "pg_replslot/",
                        "pg_serial/",
                        "pg_snapshots/",
                        "pg_stat_tmp/",
                        "pg_subtrans/",
                        "pg_wal/",
                        "pg_wal/archive_status/",
                        "pg_xact/",
                        "pg_xact/0000",
                        "postgresql.auto.conf");
    }

    @Test
    void aColdBackupKeepsItsWal() throws IOException {
        write("pg_wal/000000010000000000000001", "x");
        write("pg_wal/archive_status/000000010000000000000001.ready", "");
        List<String> found = names(entries(List.of(), false));
        assertThat(found)
                .containsExactly(
                        "pg_wal/",
                        "pg_wal/000000010000000000000001",
                        "pg_wal/archive_status/",
                        "pg_wal/archive_status/000000010000000000000001.ready");
    }

    @Test
    void aColdBackupKeepsUnloggedRelations() throws IOException {
        for (String file : List.of("16384", "16384_init")) {
            write("base/5/" + file, "x");
        }
        assertThat(names(entries(List.of(), false)))
                .containsExactly("base/", "base/5/", "base/5/16384", "base/5/16384_init");
    }

    @Test
    void ofUnloggedRelationsOnlyTheInitForkIsKept() throws IOException {
        for (String file : List.of("16384", "16384.1", "16384_fsm", "16384_init", "16384_vm", "163840", "16385_vm")) {
            write("base/5/" + file, "x");
        }
        assertThat(list()).containsExactly("base/", "base/5/", "base/5/163840", "base/5/16384_init", "base/5/16385_vm");
    }

    @Test
    void usersLeaveOutFilesDirectoriesAndContents() throws IOException {
        for (String file : List.of("log/a.log", "secret/key", "server.key", "keep")) {
            write(file, "x");
        }
        assertThat(names(entries(List.of("log/", "secret", "/server.key"), true)))
                .containsExactly("keep", "log/");
    }

    @Test
    void tablespacesAreListedThroughTheirLinksAndOnlyThisVersionsDirectory() throws IOException {
        Path space = Files.createDirectory(directory.resolve("space"));
        Files.createDirectories(space.resolve(VERSION + "/5"));
        Files.createDirectories(space.resolve("PG_14_202107181/5"));
        Files.writeString(space.resolve(VERSION + "/5/16400"), "x");
        Files.createDirectories(data.resolve("pg_tblspc"));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16399"), space);
        Files.createDirectories(data.resolve("pg_tblspc/16500/" + VERSION));
        assertThat(list())
                .containsExactly(
                        "pg_tblspc/",
                        "pg_tblspc/16399 -> " + space,
                        "pg_tblspc/16399/" + VERSION + "/",
                        "pg_tblspc/16399/" + VERSION + "/5/",
                        "pg_tblspc/16399/" + VERSION + "/5/16400",
                        "pg_tblspc/16500/",
                        "pg_tblspc/16500/" + VERSION + "/");
    }

    @Test
    void aTablespaceInsideTheDataDirectoryIsListedOnce() throws IOException {
        write("inside/" + VERSION + "/5/16400", "x");
        Files.createDirectories(data.resolve("pg_tblspc"));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16399"), data.resolve("inside"));
        assertThat(list())
                .contains("pg_tblspc/16399/" + VERSION + "/5/16400")
                .doesNotContain("inside/", "inside/" + VERSION + "/5/16400");
    }

    @Test
    void linksAreFollowedButNeverInCircles() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("file"), "x");
        write("real/file", "x");
        Files.createSymbolicLink(data.resolve("out"), elsewhere);
        Files.createSymbolicLink(data.resolve("in"), data.resolve("real"));
        Files.createSymbolicLink(data.resolve("up"), directory);
        Files.createSymbolicLink(data.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(data.resolve("conf"), elsewhere.resolve("file"));
        assertThat(list())
                .containsExactly(
                        "conf -> " + elsewhere.resolve("file") + " (file)",
                        "dangling -> nowhere",
                        "in -> " + data.resolve("real"),
                        "out -> " + elsewhere,
                        "out/file",
                        "real/",
                        "real/file",
                        "up -> " + directory);
        assertThat(warnings).singleElement().asString().contains("dangling");
    }

    @Test
    void aDataDirectoryThatIsNotThereIsSaidSo() {
        assertThatThrownBy(() -> new Listing(directory.resolve("absent"), none(), VERSION, entry -> {}, warnings::add))
                .isInstanceOf(PgkeepException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void theSpoolGivesBackEveryEntry() throws IOException {
        for (int i = 0; i < 500; i++) {
            write("base/5/" + (16384 + i), "x".repeat(i));
        }
        Files.createSymbolicLink(data.resolve("link\nwith\"all"), Path.of("tö"));
        List<ListedEntry> expected = entries(List.of(), true);
        try (ListingSpool spool = new ListingSpool(directory)) {
            expected.forEach(spool::add);
            spool.finish();
            List<ListedEntry> found = new ArrayList<>();
            ListingSpool.Reader reader = spool.read();
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                assertThat(reader.ordinal()).isEqualTo(found.size());
                found.add(next.get());
            }
            assertThat(found).isEqualTo(expected);
        }
    }

    private void write(String path, String content) throws IOException {
        Path file = PathName.of(path).under(data);
        Files.createDirectories(file.getParent());
        Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    private static Exclusions none() {
        return new Exclusions(List.of(), "pg_wal", true);
    }

    private List<String> list() {
        return names(entries(List.of(), true));
    }

    private List<ListedEntry> entries(List<String> excludes, boolean online) {
        List<ListedEntry> found = new ArrayList<>();
        new Listing(data, new Exclusions(excludes, "pg_wal", online), VERSION, found::add, warnings::add).walk();
        return found;
    }

    private static List<String> names(List<ListedEntry> entries) {
        return entries.stream()
                .map(entry -> entry.path()
                        + switch (entry.type()) {
                            case FILE ->
                                entry.link()
                                        .map(link -> " -> " + link + " (file)")
                                        .orElse("");
                            case DIRECTORY -> "/";
                            case LINK -> " -> " + entry.link().orElseThrow();
                        })
                .toList();
    }
}
