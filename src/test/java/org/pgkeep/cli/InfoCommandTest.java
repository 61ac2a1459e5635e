package org.pgkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgkeep.report.Sketch;
import org.pgkeep.repository.BackupMark;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.BackupType;
import org.pgkeep.repository.BackupWriter;
import org.pgkeep.repository.Fence;
import org.pgkeep.repository.GivenName;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.Pin;
import org.pgkeep.repository.TinyRepository;
import org.pgkeep.repository.Validation;

/** What {@code info} prints. */
class InfoCommandTest {
    private static final Path SCHEMA = Path.of("docs/reference/info.schema.json");

    @TempDir
    private Path folder;

    private final Sketch sketch = new Sketch();

    @Test
    void theNewestMomentIsTheFirstFactAndProblemsTheNext() {
        Label good = sketch.full("0/300028", "0/400100");
        sketch.clock.move(60);
        sketch.wal(1, 3, 5);
        sketch.clock.move(60);
        Label broken = sketch.full("0/700028", "0/900100");
        sketch.wal(1, 7, 7);
        List<String> lines = text("info").lines().toList();
        assertThat(lines.get(2)).isEqualTo("cluster 'main'");
        assertThat(lines.get(3)).startsWith("  newest ").contains(", 1 min ago, LSN 0/600000 on timeline 1");
        assertThat(lines.get(4)).startsWith("  PROBLEM ").contains("segment 000000010000000000000006 is missing");
        assertThat(lines.get(5)).startsWith("  PROBLEM ").contains("backup " + broken);
        assertThat(lines.get(6)).startsWith("  restorable ").contains("any moment from ", " to about ");
        assertThat(lines)
                .anyMatch(line -> line.startsWith(broken + "  DAMAGED ") && line.endsWith("NO, WAL is missing"));
        assertThat(lines).anyMatch(line -> line.startsWith(good + "  ok ") && line.endsWith("newest moment"));
    }

    @Test
    void whoStoppedAClusterAndWhatWasCutOffIsTold() {
        try (BackupWriter writer = sketch.cluster.begin(BackupType.FULL, TinyRepository.OWNER)) {
            TinyRepository.store(writer, TinyRepository.files(1));
            sketch.clock.move(3 * 60);
            assertThat(sketch.cluster
                            .fencing()
                            .raise(new Fence(
                                    "ann",
                                    TinyRepository.OWNER,
                                    sketch.clock.instant(),
                                    Optional.of("the disk is changed"))))
                    .isTrue();
            assertThat(text("info"))
                    .contains(
                            "PROBLEM     all work on the cluster was stopped by ann on dbhost at 2026-11-21T20:33:00Z: the"
                                    + " disk is changed")
                    .containsPattern("work +backup " + writer.label()
                            + " was cut off, begun 3 min ago, by .*, last heard of 3 min ago; the next backup can use .* MiB"
                            + " of it");
            assertThat(text("info", "-o", "json")).contains("\"stopped\" : {", "\"reusableBytes\" : ");
        }
    }

    @Test
    void aClusterRecordThatWasPutBackHidesNoBackup() {
        Label label = sketch.wal(1, 3, 4).full("0/300028", "0/400100");
        TinyRepository.putBackClusterRecord(sketch.storage);
        assertThat(text("info")).contains(label + "  ok ");
    }

    @Test
    void thatNothingCanBeRestoredIsLoud() {
        Label _ = sketch.full("0/300028", "0/400100");
        assertThat(text("info")).contains("newest      NOTHING CAN BE RESTORED\n");
    }

    @Test
    void onlyTheNewestBackupsAreListedUnlessAllAreAskedFor() {
        Label oldest = sketch.full("0/300028", "0/400100");
        for (int i = 0; i < 31; i++) {
            sketch.clock.move(60);
            Label _ = sketch.full("0/300028", "0/400100");
        }
        assertThat(text("info")).doesNotContain(oldest + " ").endsWith("and 2 older ones; --all lists them\n");
        assertThat(text("info", "--all")).contains(oldest + " ").doesNotContain("older ones");
    }

    @Test
    void aTreeHasWhatWasComparedWithABackupBelowIt() {
        Label first = sketch.full("0/300028", "0/400100");
        sketch.clock.move(60);
        Label incremental = sketch.incremental(first, "0/300028", "0/400100");
        sketch.clock.move(60);
        Label next = sketch.incremental(incremental, "0/300028", "0/400100");
        sketch.clock.move(60);
        Label second = sketch.full("0/300028", "0/400100");
        List<String> labels = text("info", "--tree")
                .lines()
                .filter(line -> line.contains("2026112"))
                .filter(line -> line.contains("MiB") || line.contains("KiB"))
                .map(line -> line.substring(0, 18).stripTrailing())
                .toList();
        assertThat(labels).containsExactly(second.toString(), first.toString(), "  " + incremental, "  " + next);
    }

    @Test
    void aBackupIsToldInDetail() {
        sketch.entries(Sketch.file("base/5/1259", 16_384, 1L))
                .warnings(new BackupRecord.Warning("base/5/1259", List.of(1L), "page 1 of base/5/1259 is damaged"));
        Label label = sketch.full("0/300028", "0/400100");
        sketch.cluster.marks().change(label, InfoCommandTest::marked);
        sketch.clock.move(60);
        sketch.wal(1, 3, 5);
        assertThat(text("info", "--backup", label.toString()))
                .startsWith("backup " + label + " of cluster 'main' in memory\n  status       warnings\n")
                .contains(
                        ", the newest of all, on timeline 1",
                        "before-upgrade",
                        "pinned with WAL until ",
                        "taken by hand",
                        "ticket = 4711",
                        "page 1 of base/5/1259 is damaged",
                        "postgres, oid 5: 1 file, 16 KiB",
                        "base/5/1259: page 1",
                        "jobs = 2");
        assertThat(run("info", "--backup", "20200101-000000F").status()).isEqualTo(35);
        assertThat(run("info", "--backup", label.toString(), "--wal").status()).isEqualTo(2);
    }

    private static BackupMark marked(BackupMark mark) {
        return new BackupMark(
                mark.label(),
                Optional.of(new Pin(Optional.of(Instant.parse("2030-01-01T00:00:00Z")), true)),
                Optional.of(new GivenName("before-upgrade")),
                Optional.of("taken by hand"),
                new TreeMap<>(Map.of("ticket", "4711")),
                Optional.of(Validation.sound(Instant.parse("2026-11-21T21:00:00Z"), Validation.Depth.SCRUB)));
    }

    @Test
    void walIsToldByTimeline() {
        Label base = sketch.full("0/300028", "0/400100");
        sketch.wal(1, 3, 5).wal(1, 8, 8).history(2, "1\t0/580000").wal(2, 5, 6);
        String now = BackupText.time(sketch.clock.instant());
        assertThat(text("info", "--wal")).contains("""
                timeline 2
                  status        ok
                  parent        timeline 1, left at 0/580000
                  segments      000000020000000000000005 to 000000020000000000000006, 2 segments of 1 MiB, 2 B stored
                  archived      last %s, 2 segments within the last hour, 582 B/s of WAL
                  backups       none
                  nearest base  %s

                timeline 1
                  status    DEGRADED
                  segments  000000010000000000000003 to 000000010000000000000008, 4 segments of 1 MiB, 4 B stored
                  archived  last %s, 4 segments within the last hour, 1.1 KiB/s of WAL
                  MISSING   000000010000000000000006 to 000000010000000000000007, 2 segments
                  backups   %s
                """.formatted(now, base, now, base));
    }

    @Test
    void segmentsThatWereGivenUpAreToldAsLongAsTheyAreMissing() {
        Label _ = sketch.full("0/300028", "0/400100");
        sketch.wal(1, 3, 4).wal(1, 7, 8);
        for (int number : List.of(4, 5, 6)) {
            sketch.cluster.wal().noteDropped(Sketch.segment(1, number), "given up");
        }
        assertThat(text("info", "--wal"))
                .containsPattern("MISSING +000000010000000000000005 to 000000010000000000000006, 2 segments\n")
                .containsPattern(
                        "GIVEN UP +2 segments from 000000010000000000000005 to 000000010000000000000006: more than"
                                + " archive-queue-max waited\n");
    }

    /** Recovery would end there, whatever comes behind it. */
    @Test
    void aSegmentThatWasFoundDamagedCountsAsMissing() {
        Label _ = sketch.full("0/300028", "0/400100");
        sketch.wal(1, 3, 8);
        assertThat(text("info")).doesNotContain("PROBLEM");
        sketch.cluster.wal().damage().note(Sketch.segment(1, 6), "another hash");
        assertThat(text("info"))
                .contains("but segment 000000010000000000000006 is damaged, and nothing behind it can be restored");
        assertThat(text("info", "--wal"))
                .containsPattern("status +DEGRADED\n")
                .containsPattern("DAMAGED +000000010000000000000006: verify found that");
        sketch.cluster.wal().damage().clear(Sketch.segment(1, 6));
        assertThat(text("info")).doesNotContain("PROBLEM");
    }

    @Test
    void ofSeveralRepositoriesEachIsToldAndOneThatFailsHidesNone() throws IOException {
        Files.writeString(
                folder.resolve("pgkeep.toml"),
                "[repository.one]\npath = '/one'\n[repository.two]\npath = '/two'\n[cluster.main]\npgdata = '/d'\n");
        Label _ = sketch.full("0/300028", "0/400100");
        assertThat(repositories(text("info"))).hasSize(2);
        assertThat(repositories(text("info", "--repo", "two"))).hasSize(1);
        Runs.Outcome one =
                new Runs(folder).in(sketch.storage, sketch.clock).without("one").run("info");
        assertThat(one.status()).isEqualTo(30);
        assertThat(repositories(one.out())).hasSize(2);
        assertThat(one.out())
                .startsWith("repository 'one': pgkeep: error: there is no repository at /one\nHINT: Mount it.\n")
                .contains("cluster 'main'");
    }

    private static List<String> repositories(String out) {
        return out.lines().filter(line -> line.startsWith("repository ")).toList();
    }

    @Test
    void whatItPrintsForProgramsIsAsItsSchemaSays() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(SCHEMA), InputFormat.JSON);
        Set<String> seen = new HashSet<>();
        for (JsonNode document : documents(mapper)) {
            assertThat(schema.validate(document)).as(document.toPrettyString()).isEmpty();
            collect(document, seen);
        }
        // A schema that allows everything would pass as well, and so would one of things that are never printed.
        JsonNode other = mapper.readTree("{ \"repositories\" : [ { \"name\" : \"local\", \"size\" : 1 } ] }");
        assertThat(schema.validate(other)).isNotEmpty();
        Set<String> never = new TreeSet<>(properties(mapper.readTree(Files.readString(SCHEMA))));
        never.removeAll(seen);
        // Of sealed repositories only.
        never.remove("keyId");
        assertThat(never).as("fields of the schema that no document has").isEmpty();
    }

    /** With everything in them that there can be. */
    private List<JsonNode> documents(ObjectMapper mapper) throws IOException {
        sketch.entries(
                        Sketch.file("base/5/1259", 16_384, 1L),
                        Sketch.file("pg_tblspc/16390/PG_17_202406281/5/16391", 8192))
                .warnings(new BackupRecord.Warning("base/5/1259", List.of(1L), "page 1 is damaged"));
        Label label = sketch.full("0/300028", "0/400100");
        sketch.cluster.marks().change(label, InfoCommandTest::marked);
        sketch.wal(1, 3, 5).wal(1, 8, 9).put(Sketch.segment(1, 10) + ".partial", ".zst", "x");
        sketch.history(2, "1\t0/580000")
                .wal(2, 5, 6)
                .wal(2, 9, 12)
                .put(Sketch.segment(2, 6).toString(), ".zst", "other")
                .put(Sketch.segment(2, 13) + ".streamed.00000000.00001000", ".zst", "x");
        sketch.cluster.wal().noteDropped(Sketch.segment(2, 7), "given up");
        sketch.cluster.wal().damage().note(Sketch.segment(2, 10), "another hash");
        sketch.clock.move(60);
        Label _ = sketch.coldBackup(2, "0/900028");
        sketch.clock.move(60);
        Label incomplete = sketch.incremental(label, "0/F00028", "0/F00100");
        sketch.clock.move(60);
        sketch.merge(sketch.incremental(incomplete, "0/F00028", "0/F00100"), incomplete);
        sketch.clock.move(60);
        Label unreadable = sketch.full("0/300028", "0/400100");
        TinyRepository.flip(sketch.storage, TinyRepository.only(sketch.storage, unreadable + "/backup.json"), 9);
        sketch.clock.move(60);
        try (BackupWriter _ = sketch.cluster.begin(BackupType.FULL, TinyRepository.OWNER)) {
            assertThat(sketch.cluster
                            .fencing()
                            .raise(new Fence(
                                    "root", TinyRepository.OWNER, sketch.clock.instant(), Optional.of("maintenance"))))
                    .isTrue();
            List<JsonNode> all = new ArrayList<>();
            all.add(mapper.readTree(json("info")));
            all.add(mapper.readTree(json("info", "--wal")));
            all.add(mapper.readTree(json("info", "--backup", label.toString())));
            all.add(mapper.readTree(json("info", "--backup", incomplete.toString())));
            sketch.clock.move(61);
            all.add(mapper.readTree(json("info")));
            Files.writeString(
                    folder.resolve("pgkeep.toml"),
                    "[repository.one]\npath = '/one'\n[repository.two]\npath = '/two'\n");
            all.add(mapper.readTree(new Runs(folder)
                    .in(sketch.storage, sketch.clock)
                    .without("two")
                    .run("info", "--output=json")
                    .out()));
            return all;
        }
    }

    private static void collect(JsonNode node, Set<String> seen) {
        node.fieldNames().forEachRemaining(seen::add);
        node.forEach(child -> collect(child, seen));
    }

    private static Set<String> properties(JsonNode schema) {
        Set<String> names = new HashSet<>();
        for (JsonNode found : schema.findValues("properties")) {
            found.fieldNames().forEachRemaining(names::add);
        }
        return names;
    }

    private String text(String... line) {
        Runs.Outcome outcome = run(line);
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome.out();
    }

    private String json(String... line) {
        String[] all = Arrays.copyOf(line, line.length + 1);
        all[line.length] = "--output=json";
        return text(all);
    }

    private Runs.Outcome run(String... line) {
        return new Runs(folder).in(sketch.storage, sketch.clock).run(line);
    }
}
